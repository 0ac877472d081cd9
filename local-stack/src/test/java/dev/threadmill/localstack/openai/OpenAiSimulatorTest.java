package dev.threadmill.localstack.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.testing.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenAiSimulatorTest {
  private static final String MODEL = "text-embedding-3-small";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();
  private final SettableClock clock = new SettableClock();
  private final OpenAiSimulator simulator = OpenAiSimulator.start(clock);

  @AfterEach
  void close() {
    simulator.close();
  }

  private HttpRequest request(String body, String key) {
    return HttpRequest.newBuilder(URI.create(simulator.baseUrl() + "/embeddings"))
        .header("Authorization", "Bearer " + key)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return HTTP.send(request(body, OpenAiSettings.KEY), HttpResponse.BodyHandlers.ofString());
  }

  private static String body(List<String> inputs, String more) {
    return "{\"model\":\"" + MODEL + "\",\"input\":" + JSON.writeValueAsString(inputs) + more + "}";
  }

  private HttpResponse<String> embed(String... inputs) throws IOException, InterruptedException {
    return post(body(List.of(inputs), ",\"encoding_format\":\"base64\""));
  }

  private JsonNode answer(String... inputs) throws IOException, InterruptedException {
    return JSON.readTree(embed(inputs).body());
  }

  private static float[] vector(JsonNode element) {
    byte[] bytes = Base64.getDecoder().decode(element.path("embedding").asString());
    float[] vector = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static JsonNode error(HttpResponse<String> response) {
    return JSON.readTree(response.body()).path("error");
  }

  @Test
  void equal_texts_have_equal_vectors_of_length_one() throws Exception {
    JsonNode data = answer("hello", "world", "hello").path("data");

    assertThat(data).hasSize(3);
    assertThat(data.get(2).path("index").asInt()).isEqualTo(2);
    assertThat(vector(data.get(0))).hasSize(1536).isEqualTo(vector(data.get(2)));
    assertThat(vector(data.get(0))).isEqualTo(simulator.vectorFor(MODEL, 1536, "hello"));
    assertThat(dot(vector(data.get(0)), vector(data.get(0))))
        .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
  }

  @Test
  void texts_that_share_words_are_near() {
    float[] parcel = simulator.vectorFor(MODEL, 1536, "My parcel arrived damaged");
    float[] near = simulator.vectorFor(MODEL, 1536, "a damaged parcel");
    float[] far = simulator.vectorFor(MODEL, 1536, "Cannot log in since the update");

    assertThat(dot(parcel, near)).isGreaterThan(0.4).isGreaterThan(dot(parcel, far) + 0.3);
  }

  @Test
  void floats_are_the_default_and_equal_the_base64_form() throws Exception {
    JsonNode floats =
        JSON.readTree(post(body(List.of("hello"), "")).body())
            .path("data")
            .get(0)
            .path("embedding");
    float[] packed = vector(answer("hello").path("data").get(0));

    assertThat(floats.isArray()).isTrue();
    for (int i = 0; i < packed.length; i++) {
      assertThat(floats.get(i).asFloat()).isEqualTo(packed[i]);
    }
  }

  @Test
  void a_shorter_vector_is_the_beginning_of_the_long_one_rescaled() {
    float[] whole = simulator.vectorFor("text-embedding-3-large", 3072, "hello there");
    float[] shorter = simulator.vectorFor("text-embedding-3-large", 256, "hello there");

    assertThat(shorter).hasSize(256);
    assertThat(shorter[10] / shorter[20])
        .isCloseTo(whole[10] / whole[20], org.assertj.core.data.Offset.offset(1e-3f));
    assertThat(dot(shorter, shorter)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
  }

  @Test
  void usage_and_headers_are_given() throws Exception {
    simulator.limits().perMinute(100, 100_000);
    HttpResponse<String> response = embed("x".repeat(400));

    assertThat(JSON.readTree(response.body()).path("usage").path("total_tokens").asInt())
        .isEqualTo(100);
    assertThat(response.headers().firstValue("x-ratelimit-remaining-tokens")).hasValue("99900");
    assertThat(response.headers().firstValue("x-ratelimit-reset-requests")).hasValue("600ms");
    assertThat(response.headers().firstValue("x-request-id")).isPresent();
  }

  @Test
  void bad_inputs_are_a_400_that_names_nobody() throws Exception {
    simulator.settings().poison("POISON");

    for (HttpResponse<String> response :
        List.of(
            embed("fine", ""),
            embed("fine", "some POISON here"),
            post("{\"model\":\"" + MODEL + "\",\"input\":[]}"))) {
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(error(response).path("message").asString()).startsWith("'$.input' is invalid");
      assertThat(response.body()).doesNotContain("POISON");
    }
    assertThat(simulator.log().inputsEmbedded()).isZero();
  }

  @Test
  void unknown_fields_and_wrong_dimensions_are_refused() throws Exception {
    assertThat(post(body(List.of("a"), ",\"truncate\":true")).statusCode()).isEqualTo(400);
    assertThat(post(body(List.of("a"), ",\"dimensions\":0")).statusCode()).isEqualTo(400);
    assertThat(
            post("{\"model\":\"text-embedding-ada-002\",\"input\":\"a\",\"dimensions\":5}")
                .statusCode())
        .isEqualTo(400);
    assertThat(post("{").statusCode()).isEqualTo(400);
  }

  @Test
  void the_three_size_limits_hold() throws Exception {
    assertThat(post(body(Collections.nCopies(2049, "a"), "")).statusCode()).isEqualTo(400);

    HttpResponse<String> tooLong = embed("word ".repeat(8193));
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(error(tooLong).path("message").asString()).contains("maximum context length");
    assertThat(embed("word ".repeat(8000)).statusCode()).isEqualTo(200);

    HttpResponse<String> tooMuch = post(body(Collections.nCopies(50, "я".repeat(12_100)), ""));
    assertThat(error(tooMuch).path("code").asString()).isEqualTo("max_tokens_per_request");
    assertThat(error(tooMuch).path("message").asString())
        .isEqualTo("Requested 302500 tokens, max 300000 tokens per request");
  }

  @Test
  void other_servers_allow_fewer_inputs_and_flat_errors() throws Exception {
    simulator.settings().maxInputs(2, 413);
    simulator.settings().flatErrors(true);

    HttpResponse<String> response = embed("a", "b", "c");

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(JSON.readTree(response.body()).path("message").asString()).contains("batch size 3");
  }

  @Test
  void keys_and_models_are_checked() throws Exception {
    HttpResponse<String> wrongKey =
        HTTP.send(
            request(body(List.of("a"), ""), "sk-wrong"), HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> wrongModel = post("{\"model\":\"nonsense\",\"input\":\"a\"}");

    assertThat(wrongKey.statusCode()).isEqualTo(401);
    assertThat(error(wrongKey).path("code").asString()).isEqualTo("invalid_api_key");
    assertThat(wrongModel.statusCode()).isEqualTo(404);
    assertThat(error(wrongModel).path("code").asString()).isEqualTo("model_not_found");
  }

  @Test
  void the_token_limit_answers_429_with_the_time_to_wait_and_fills_again() throws Exception {
    simulator.limits().perMinute(0, 600);
    assertThat(embed("x".repeat(2400)).statusCode()).isEqualTo(200);

    HttpResponse<String> limited = embed("x".repeat(400));

    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(error(limited).path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(error(limited).path("type").asString()).isEqualTo("tokens");
    assertThat(error(limited).path("message").asString()).endsWith("Please try again in 10s.");
    assertThat(limited.headers().firstValue("retry-after")).hasValue("10");
    assertThat(limited.headers().firstValue("retry-after-ms")).hasValue("10000");
    clock.advance(Duration.ofSeconds(10));
    assertThat(embed("x".repeat(400)).statusCode()).isEqualTo(200);
  }

  @Test
  void a_request_above_the_whole_minute_never_passes() throws Exception {
    simulator.limits().perMinute(0, 100);

    HttpResponse<String> response = embed("x".repeat(1000));

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(error(response).path("message").asString()).startsWith("Request too large for");
    assertThat(response.headers().firstValue("retry-after")).isEmpty();
  }

  @Test
  void durations_are_written_as_go_does() {
    assertThat(
            List.of(
                RateLimits.goDuration(17),
                RateLimits.goDuration(1000),
                RateLimits.goDuration(2812),
                RateLimits.goDuration(360_000)))
        .containsExactly("17ms", "1s", "2.812s", "6m0s");
  }

  @ParameterizedTest
  @CsvSource({
    "INSUFFICIENT_QUOTA,429,insufficient_quota",
    "INVALID_KEY,401,invalid_api_key",
    "NO_ACCESS,403,model_not_found",
    "NO_MODEL,404,model_not_found",
    "TOO_LARGE_FOR_MINUTE,429,rate_limit_exceeded",
    "RATE_LIMITED,429,rate_limit_exceeded",
    "STATUS,500,",
  })
  void refusals_can_be_ordered(Trouble.Kind kind, int status, String code) throws Exception {
    simulator.troubles().add(Trouble.of(kind));

    HttpResponse<String> response = embed("a");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(error(response).path("code").asString(null)).isEqualTo(code);
    assertThat(embed("a").statusCode()).isEqualTo(200);
  }

  @Test
  void a_bad_gateway_answers_in_html() throws Exception {
    simulator.troubles().add(Trouble.status(502));

    assertThat(embed("a").body()).startsWith("<html>");
  }

  @Test
  void answers_can_be_wrong_in_every_way() throws Exception {
    simulator.troubles().add(Trouble.of(Trouble.Kind.MISSING_VECTOR));
    assertThat(answer("a", "b").path("data")).hasSize(1);
    simulator.troubles().add(Trouble.of(Trouble.Kind.EXTRA_VECTOR));
    assertThat(answer("a", "b").path("data")).hasSize(3);
    simulator.troubles().add(Trouble.of(Trouble.Kind.REORDERED));
    JsonNode reordered = answer("a", "b").path("data").get(0);
    assertThat(reordered.path("index").asInt()).isEqualTo(1);
    assertThat(vector(reordered)).isEqualTo(simulator.vectorFor(MODEL, 1536, "b"));
    simulator.troubles().add(Trouble.of(Trouble.Kind.DUPLICATE_INDEX));
    assertThat(answer("a", "b").path("data").get(1).path("index").asInt()).isZero();
    simulator.troubles().add(Trouble.of(Trouble.Kind.WRONG_WIDTH));
    assertThat(vector(answer("a").path("data").get(0))).hasSize(768);
    simulator.troubles().add(Trouble.of(Trouble.Kind.NAN));
    assertThat(vector(answer("a").path("data").get(0))).contains(Float.NaN);
    simulator.troubles().add(Trouble.of(Trouble.Kind.ALL_ZERO));
    assertThat(vector(answer("a").path("data").get(0))).containsOnly(0f);
    simulator.troubles().add(Trouble.of(Trouble.Kind.NO_INDEX));
    assertThat(answer("a").path("data").get(0).has("index")).isFalse();
    simulator.troubles().add(Trouble.of(Trouble.Kind.NO_USAGE));
    assertThat(answer("a").has("usage")).isFalse();
    simulator.troubles().add(Trouble.of(Trouble.Kind.FLOATS_FOR_BASE64));
    assertThat(answer("a").path("data").get(0).path("embedding").isArray()).isTrue();
    simulator.troubles().add(Trouble.of(Trouble.Kind.BROKEN_JSON));
    assertThat(embed("a").body()).doesNotEndWith("}");
  }

  @Test
  void connections_can_be_cut_before_and_after_the_work() throws Exception {
    simulator.troubles().add(Trouble.of(Trouble.Kind.CUT).times(2));
    assertThatThrownBy(() -> embed("a")).isInstanceOf(IOException.class);
    simulator.troubles().clear();
    assertThat(simulator.log().inputsEmbedded()).isZero();

    simulator.troubles().add(Trouble.of(Trouble.Kind.TRUNCATED_BODY));
    assertThatThrownBy(() -> embed("a")).isInstanceOf(IOException.class);
    assertThat(simulator.log().timesEmbedded("a")).isEqualTo(1);

    simulator.troubles().add(Trouble.of(Trouble.Kind.CUT_AFTER_PROCESSING));
    assertThatThrownBy(() -> embed("a")).isInstanceOf(IOException.class);
    assertThat(simulator.log().timesEmbedded("a")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void troubles_can_wait_for_a_text_and_for_their_turn() throws Exception {
    Troubles.Ordered trouble =
        simulator
            .troubles()
            .add(Trouble.status(500).onInputsContaining("bad").afterSkipping(1).times(1));

    assertThat(embed("good").statusCode()).isEqualTo(200);
    assertThat(embed("bad 1").statusCode()).isEqualTo(200);
    assertThat(embed("bad 2").statusCode()).isEqualTo(500);
    assertThat(embed("bad 3").statusCode()).isEqualTo(200);
    assertThat(trouble.hits()).isEqualTo(1);
  }

  @Test
  void everything_is_counted() throws Exception {
    Troubles.Ordered hang = simulator.troubles().add(Trouble.of(Trouble.Kind.HANG).times(3));
    List<CompletableFuture<HttpResponse<String>>> running =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    HTTP.sendAsync(
                        request(body(List.of("a", "b" + i), ""), OpenAiSettings.KEY),
                        HttpResponse.BodyHandlers.ofString()))
            .toList();
    await().until(() -> hang.hits() == 3);
    hang.close();
    running.forEach(CompletableFuture::join);

    EmbeddingLog log = simulator.log();
    await().until(() -> log.requestsByStatus().getOrDefault(200, 0L) == 3);
    assertThat(log.requests()).isEqualTo(3);
    assertThat(log.requestTimes()).hasSize(3);
    assertThat(log.maxConcurrency()).isEqualTo(3);
    assertThat(log.inputsEmbedded()).isEqualTo(6);
    assertThat(log.timesEmbedded("a")).isEqualTo(3);
    assertThat(log.distinctTexts()).isEqualTo(4);
    assertThat(log.repeatedInputs()).isEqualTo(2);
    assertThat(log.largestRequest()).isEqualTo(2);
  }

  @Test
  void it_is_controlled_over_http() throws Exception {
    URI control = simulator.baseUrl().resolve("/simulator/");
    for (String call :
        List.of(
            "troubles {\"kind\":\"status\",\"status\":503}",
            "settings {\"latency_ms\":1,\"max_inputs\":32}",
            "poison {\"marker\":\"BAD\"}")) {
      String[] parts = call.split(" ", 2);
      HttpRequest request =
          HttpRequest.newBuilder(control.resolve(parts[0]))
              .POST(HttpRequest.BodyPublishers.ofString(parts[1]))
              .build();
      assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }

    assertThat(embed("a").statusCode()).isEqualTo(503);
    assertThat(embed("BAD").statusCode()).isEqualTo(400);
    HttpRequest stats = HttpRequest.newBuilder(control.resolve("stats")).build();
    assertThat(HTTP.send(stats, HttpResponse.BodyHandlers.ofString()).body())
        .contains("\"requests\":2");
  }
}
