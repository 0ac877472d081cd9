package dev.threadmill.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorVerdictTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "rate_limited, RETRY",
        "time_limit, RETRY",
        "worker_lost, RETRY",
        "-, RETRY",
        "unauthorized, PERSON",
        "no_source, PERSON",
        "chatwoot_unauthorized, PERSON",
        "chatwoot_unavailable, RETRY",
        "chatwoot_malformed, GIVE_UP",
        "insufficient_quota, PERSON",
        "malformed, GIVE_UP",
        "a_word_of_tomorrow, GIVE_UP"
      })
  void the_class_of_an_error_decides_who_may_end_it(String errorClass, ErrorVerdict verdict) {
    assertThat(ErrorVerdict.of(errorClass)).isEqualTo(verdict);
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void whatever_an_embedding_provider_refuses_needs_a_person(Refusal refusal) {
    assertThat(ErrorVerdict.of(refusal.code())).isEqualTo(ErrorVerdict.PERSON);
  }
}
