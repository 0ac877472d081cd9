package dev.threadmill.embed.budget;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.budget.ProviderGate.Admission;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ProviderGateIT extends WorkerTest {
  @Autowired private ProviderGate gate;

  @Test
  void an_outage_does_not_cut_the_wait_of_a_rate_limit_short() {
    enter();
    gate.hold(rateLimit(Duration.ofSeconds(50)));

    for (int i = 0; i < 5; i++) {
      gate.hold(failure(Kind.UNAVAILABLE, "status_503"));
    }

    assertThat(gate.trouble().orElseThrow().kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(gate.trouble().orElseThrow().remaining()).isGreaterThan(Duration.ofSeconds(40));
  }

  @Test
  void a_refusal_is_told_although_a_longer_wait_goes_on() {
    enter();
    gate.hold(rateLimit(Duration.ofSeconds(50)));

    gate.hold(failure(Kind.REFUSED, "invalid_api_key"));

    assertThat(gate.trouble().orElseThrow().code()).isEqualTo("invalid_api_key");
    assertThat(gate.trouble().orElseThrow().remaining()).isGreaterThan(Duration.ofSeconds(40));
  }

  @Test
  void one_tries_out_the_provider_and_the_others_claim_nothing_meanwhile() {
    enter();
    gate.hold(failure(Kind.REFUSED, "insufficient_quota"));
    rows.jdbc().sql("update provider_budgets set held_until = now()").update();

    Admission first = requireNonNull(enter());

    assertThat(first.probe()).isTrue();
    assertThat(enter()).isNull();
    assertThat(gate.heldNow()).as("who tries is not held by himself").isEmpty();
    assertThat(gate.closed().orElseThrow().brief()).isTrue();
    gate.leave(first);
    Admission next = requireNonNull(enter());
    assertThat(next.probe()).as("he who stops lets another one try").isTrue();
  }

  @Test
  void the_row_of_an_account_without_limits_is_not_written_for_each_request() {
    enter();
    String before = version();

    for (int i = 0; i < 10; i++) {
      assertThat(enter()).isNotNull();
    }

    assertThat(version()).isEqualTo(before);
  }

  @Test
  void a_request_within_the_limits_writes_the_row_once_unless_its_answer_tells_something_new() {
    Admission uncounted = requireNonNull(enter());
    gate.answered(uncounted, requests(1000, 900));
    Admission counted = requireNonNull(enter());
    assertThat(counted.counted()).isEqualTo(requests(1000, 899));
    String before = version();

    gate.answered(counted, requests(1000, 899));
    assertThat(version()).isEqualTo(before);

    gate.answered(counted, requests(1000, 300));
    assertThat(requireNonNull(enter()).counted()).isEqualTo(requests(1000, 299));
  }

  @Test
  void who_is_not_admitted_for_the_limits_claims_nothing_until_then() {
    enter();
    rows.jdbc()
        .sql(
            """
            update provider_budgets set requests_per_minute = 60, requests_left = -24, measured_at = clock_timestamp()
            """)
        .update();

    assertThat(enter()).isNull();

    assertThat(gate.closed().orElseThrow().code()).isEqualTo("budget_used_up");
    assertThat(gate.closed().orElseThrow().remaining()).isGreaterThan(Duration.ofSeconds(20));

    letPass(Duration.ofSeconds(26));
    until().until(() -> gate.closed().isEmpty());
    assertThat(enter()).isNotNull();
  }

  private void letPass(Duration time) {
    rows.jdbc()
        .sql("update provider_budgets set measured_at = measured_at - make_interval(secs => :time)")
        .param("time", time.toSeconds())
        .update();
  }

  private static Allowance requests(long limit, long left) {
    return new Allowance(limit, left, null, null);
  }

  private @Nullable Admission enter() {
    return gate.enter(10).admission();
  }

  private String version() {
    return rows.jdbc()
        .sql("select xmin::text || ctid::text from provider_budgets")
        .query(String.class)
        .single();
  }

  private static EmbeddingException rateLimit(Duration retryAfter) {
    return new EmbeddingException(
        Kind.RATE_LIMITED, "rate_limit_exceeded", "the limit is reached", retryAfter, null);
  }

  private static EmbeddingException failure(Kind kind, String code) {
    return new EmbeddingException(kind, code, "it failed");
  }
}
