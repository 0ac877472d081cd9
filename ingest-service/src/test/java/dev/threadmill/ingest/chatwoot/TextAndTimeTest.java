package dev.threadmill.ingest.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextAndTimeTest {
  private static Instant time(String json) {
    return Times.of(PayloadReader.JSON.readTree(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1789100105|2026-09-11T04:15:05Z",
        "1789100105.482913|2026-09-11T04:15:05.482913Z",
        "1789100105.4829134999|2026-09-11T04:15:05.482913Z",
        "\"2026-09-11T05:35:00.481Z\"|2026-09-11T05:35:00.481Z",
        "\"2026-09-11T07:35:00+02:00\"|2026-09-11T05:35:00Z"
      })
  void three_forms_of_a_time_are_read_to_the_microsecond(String json, String expected) {
    assertThat(time(json)).isEqualTo(Instant.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.0", "null", "-5", "\"\"", "\"soon\"", "1e300", "{}", "true"})
  void zero_and_what_is_no_time_is_none(String json) {
    assertThat(time(json)).isNull();
  }

  @Test
  void what_postgresql_can_not_hold_is_left_out_or_replaced_and_nothing_else() {
    assertThat(CleanText.clean("a\u0000b")).isEqualTo("ab");
    assertThat(CleanText.clean("a\ud83db")).isEqualTo("a\ufffdb");
    assertThat(CleanText.clean("\udc68")).isEqualTo("\ufffd");
    assertThat(CleanText.clean("\udc68\ud83d\u0000")).isEqualTo("\ufffd\ufffd");
    for (String fine :
        new String[] {"", "مرحبا \u200f!", "👨‍👩‍👧‍👦", "e\u0301", "\ufeffx\u2028"}) {
      assertThat(CleanText.clean(fine)).isEqualTo(fine);
    }
  }

  @Test
  void names_and_texts_deep_within_a_payload_are_cleaned_too() {
    var node =
        PayloadReader.JSON.readTree("{\"a\\u0000\":[{\"b\":\"x\\u0000\"},\"\\ud800\"],\"n\":1.50}");

    assertThat(CleanText.clean(node).toString())
        .isEqualTo("{\"a\":[{\"b\":\"x\"},\"\ufffd\"],\"n\":1.50}");
  }
}
