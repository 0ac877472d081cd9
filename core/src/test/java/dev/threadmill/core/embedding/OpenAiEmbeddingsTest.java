package dev.threadmill.core.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OpenAiEmbeddingsTest {
  private static final String MODEL = "text-embedding-3-small";
  private static final List<String> TEXTS = List.of("one", "two", "drei", "四");

  private final OpenAiSimulator openAi = OpenAiSimulator.start();

  @AfterEach
  void close() {
    openAi.close();
  }

  @Test
  void each_text_gets_its_own_vector() throws EmbeddingException {
    assertRightVectors(provider(MODEL, null).embed(TEXTS), 1536);
  }

  @Test
  void a_shorter_width_is_asked_for_and_stands_in_the_name_of_the_model()
      throws EmbeddingException {
    var provider = provider(MODEL, 256);

    assertRightVectors(provider.embed(TEXTS), 256);
    assertThat(provider.model().name()).isEqualTo(MODEL + "@256");
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.Kind.class,
      names = {"REORDERED", "NO_USAGE", "FLOATS_FOR_BASE64"})
  void harmless_differences_of_other_servers_are_understood(Trouble.Kind kind)
      throws EmbeddingException {
    openAi.troubles().add(Trouble.of(kind));

    assertRightVectors(provider(MODEL, null).embed(TEXTS), 1536);
  }

  @Test
  void who_has_less_patience_than_the_provider_is_usually_given_is_not_kept_waiting() {
    openAi.troubles().add(Trouble.slow(Duration.ofSeconds(2)));

    var failed =
        catchThrowableOfType(
            EmbeddingException.class,
            () -> provider(MODEL, null).embed(TEXTS, Duration.ofMillis(200)));

    assertThat(failed.kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void where_no_vector_has_an_index_the_order_counts() throws EmbeddingException {
    openAi.troubles().add(Trouble.of(Trouble.Kind.NO_INDEX));

    assertRightVectors(provider(MODEL, null).embed(TEXTS), 1536);
  }

  @ParameterizedTest
  @CsvSource({
    "MISSING_VECTOR, wrong_count",
    "EXTRA_VECTOR, wrong_count",
    "DUPLICATE_INDEX, wrong_index",
    "WRONG_WIDTH, wrong_width",
    "NAN, not_finite",
    "ALL_ZERO, all_zero",
    "BROKEN_JSON, unreadable"
  })
  void a_broken_answer_is_rejected_whole(Trouble.Kind kind, String code) {
    openAi.troubles().add(Trouble.of(kind));

    EmbeddingException failed = failure(provider(MODEL, null), TEXTS);

    assertThat(failed.kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(failed.code()).isEqualTo(code);
  }

  @Test
  void an_answer_of_a_wrong_width_from_an_unknown_model_spoils_none_of_those_after_it()
      throws EmbeddingException {
    openAi.settings().addModel("house-model", 20);
    var provider = provider("house-model", null);
    openAi.troubles().add(Trouble.of(Trouble.Kind.WRONG_WIDTH).times(2));
    assertThat(failure(provider, TEXTS).code()).as("two widths in one").isEqualTo("wrong_width");

    assertThat(provider.embed(List.of("one")).vectors().getFirst()).hasSize(10);
    assertThat(provider.embed(List.of("one")).vectors().getFirst()).hasSize(20);
    assertThat(provider.width()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, RATE_LIMITED, rate_limit_exceeded",
    "RATE_LIMITED_WITHOUT_HEADERS, RATE_LIMITED, rate_limit_exceeded",
    "INSUFFICIENT_QUOTA, REFUSED, insufficient_quota",
    "TOO_LARGE_FOR_MINUTE, TOO_LARGE, request_too_large",
    "INVALID_KEY, REFUSED, invalid_api_key",
    "NO_ACCESS, REFUSED, forbidden",
    "NO_MODEL, REFUSED, model_not_found",
    "CUT, UNAVAILABLE, unreachable",
    "HANG, UNAVAILABLE, unreachable",
    "TRUNCATED_BODY, UNAVAILABLE, unreachable",
    "STALLED_BODY, UNAVAILABLE, unreachable"
  })
  void a_failure_says_what_it_means(Trouble.Kind trouble, Kind kind, String code) {
    openAi.troubles().add(Trouble.of(trouble));

    EmbeddingException failed = failure(provider(MODEL, null), TEXTS);

    assertThat(failed.kind()).isEqualTo(kind);
    assertThat(failed.code()).isEqualTo(code);
    assertThat(openAi.log().requests()).as("one request, no hidden retries").isEqualTo(1);
  }

  @Test
  void a_server_that_wants_to_be_paid_first_stops_everything() {
    openAi.troubles().add(Trouble.status(402));

    EmbeddingException failed = failure(provider(MODEL, null), TEXTS);

    assertThat(failed.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failed.code()).isEqualTo("payment_required");
  }

  @Test
  void the_time_to_wait_may_be_told_as_a_date() {
    String inTenMinutes =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10));

    assertThat(OpenAiErrors.inSecondsOrAt(List.of(inTenMinutes)))
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    assertThat(OpenAiErrors.inSecondsOrAt(List.of("Wed, 21 Oct 2015 07:28:00 GMT")))
        .isEqualTo(Duration.ZERO);
    assertThat(OpenAiErrors.inSecondsOrAt(List.of("7"))).isEqualTo(Duration.ofSeconds(7));
    assertThat(OpenAiErrors.inSecondsOrAt(List.of("soon"))).isNull();
    assertThat(OpenAiErrors.inSecondsOrAt(List.of())).isNull();
  }

  @Test
  void numbers_that_half_precision_does_not_hold_are_rejected() {
    assertThatCode(() -> VectorCheck.check(List.of(new float[] {65_504f, -1}), 1, 2))
        .doesNotThrowAnyException();

    EmbeddingException failed =
        catchThrowableOfType(
            EmbeddingException.class,
            () -> VectorCheck.check(List.of(new float[] {1, -70_000f}), 1, 2));

    assertThat(failed.kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(failed.code()).isEqualTo("too_large_number");
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "504"})
  void an_error_of_the_server_is_an_outage_even_as_a_web_page(int status) {
    openAi.troubles().add(Trouble.status(status));

    EmbeddingException failed = failure(provider(MODEL, null), TEXTS);

    assertThat(failed.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failed).hasMessageContaining(Integer.toString(status));
  }

  @Test
  void a_rate_limit_tells_how_long_to_wait_if_the_provider_said_so() {
    var provider = provider(MODEL, null);
    openAi.troubles().add(Trouble.rateLimited(Duration.ofMillis(2812)));
    openAi.troubles().add(Trouble.of(Trouble.Kind.RATE_LIMITED_WITHOUT_HEADERS));

    assertThat(failure(provider, TEXTS).retryAfter()).contains(Duration.ofMillis(2812));
    assertThat(failure(provider, TEXTS).retryAfter()).isEmpty();
  }

  @Test
  void one_refused_text_is_told_from_a_request_that_is_too_large() {
    var provider = provider(MODEL, null);
    openAi.settings().poison("poison");
    openAi.settings().maxTokensPerRequest(50);

    assertThat(failure(provider, List.of("good", "poison")).kind()).isEqualTo(Kind.BAD_INPUT);
    assertThat(failure(provider, List.of("x".repeat(1000))).kind()).isEqualTo(Kind.TOO_LARGE);
  }

  @Test
  void too_many_texts_for_a_smaller_server_are_too_large() {
    openAi.settings().maxInputs(2, 413);

    assertThat(failure(provider(MODEL, null), TEXTS).kind()).isEqualTo(Kind.TOO_LARGE);
  }

  @Test
  void flat_error_bodies_are_classified_by_their_status() {
    openAi.settings().flatErrors(true);
    openAi.settings().poison("poison");

    EmbeddingException failed = failure(provider(MODEL, null), List.of("poison"));

    assertThat(failed.kind()).isEqualTo(Kind.BAD_INPUT);
    assertThat(failed).hasMessageContaining("'$.input' is invalid");

    openAi.troubles().add(Trouble.of(Trouble.Kind.INSUFFICIENT_QUOTA));
    assertThat(failure(provider(MODEL, null), TEXTS).code()).isEqualTo("insufficient_quota");
  }

  @Test
  void an_answer_tells_what_it_costs_and_what_the_limits_leave() throws EmbeddingException {
    openAi.limits().perMinute(60, 10_000);

    Embedded answer = provider(MODEL, null).embed(TEXTS);

    assertThat(answer.tokens()).isEqualTo(openAi.log().tokens());
    assertThat(answer.allowance().requestsPerMinute()).isEqualTo(60);
    assertThat(answer.allowance().requestsLeft()).isEqualTo(59);
    assertThat(answer.allowance().tokensPerMinute()).isEqualTo(10_000);
    assertThat(answer.allowance().tokensLeft()).isLessThan(10_000);
  }

  @Test
  void an_answer_that_tells_neither_is_taken_all_the_same() throws EmbeddingException {
    openAi.troubles().add(Trouble.of(Trouble.Kind.NO_USAGE));

    Embedded answer = provider(MODEL, null).embed(TEXTS);

    assertThat(answer.tokens()).isNull();
    assertThat(answer.allowance().known()).isFalse();
  }

  @Test
  void an_account_is_named_without_giving_its_key_away() {
    var one = provider(MODEL, null);

    assertThat(one.account()).isEqualTo(provider(MODEL, 256).account());
    assertThat(one.account()).matches("[0-9a-f]{16}").doesNotContain(OpenAiSettings.KEY);
  }

  @Test
  void a_wrong_key_never_stands_in_the_message() {
    var provider =
        new OpenAiEmbeddings(
            new OpenAiEmbeddings.Options(
                openAi.baseUrl(),
                "sk-very-secret",
                new EmbeddingModel(MODEL),
                false,
                Duration.ofSeconds(2)));

    EmbeddingException failed = failure(provider, TEXTS);

    assertThat(failed.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failed.toString()).doesNotContain("sk-very-secret");
    assertThat(failed.getCause()).isNull();
  }

  private void assertRightVectors(Embedded answer, int width) {
    List<float[]> vectors = answer.vectors();
    assertThat(vectors).hasSize(TEXTS.size());
    for (int i = 0; i < TEXTS.size(); i++) {
      assertThat(vectors.get(i)).containsExactly(openAi.vectorFor(MODEL, width, TEXTS.get(i)));
    }
  }

  private static EmbeddingException failure(EmbeddingProvider provider, List<String> texts) {
    return catchThrowableOfType(EmbeddingException.class, () -> provider.embed(texts));
  }

  private OpenAiEmbeddings provider(String model, @Nullable Integer dimensions) {
    return new OpenAiEmbeddings(
        new OpenAiEmbeddings.Options(
            openAi.baseUrl(),
            OpenAiSettings.KEY,
            EmbeddingModel.of(model, dimensions),
            false,
            Duration.ofSeconds(2)));
  }
}
