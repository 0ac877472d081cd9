package dev.threadmill.gateway.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.AgreedAnswers;
import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.gateway.problem.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends to every call of the OpenAPI document what nobody should send. Whatever comes is done or
 * refused with a code; nothing breaks, and nothing of the inside is told.
 */
@GatewayTest
class FuzzIT {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> CODES =
      Arrays.stream(ProblemCode.values()).map(ProblemCode::wireName).collect(Collectors.toSet());
  private static final int AT_ONCE = 4;
  private static final int BY_CHANCE = 30;

  /**
   * Of what chance makes: the same on every machine, unless {@code threadmill.seed} says another.
   */
  private static final long SEED = Long.getLong("threadmill.seed", 4711);

  /** What an agent is told where nobody foresaw a failure. */
  private static final List<String> SLIPS = List.of("Something failed here", "-32603");

  private static final String CALL_TOOL =
      "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\": \"%s\", \"arguments\": %s}}";

  /** As they stand in an address. */
  private static final List<String> PATH_WORDS =
      List.of(
          "no-uuid",
          "00000000-0000-0000-0000-000000000000",
          "00000000-0000-0000-0000-00000000000g",
          "0",
          "-1",
          "99999999999999999999",
          "%00",
          "%ff%fe",
          "%E2%80%AE",
          "..%2f..%2fetc%2fpasswd",
          "%2e%2e",
          "'%20or%201=1%20--",
          "%F0%9F%98%80",
          "a".repeat(2000));

  private static final List<String> QUERY_WORDS =
      Stream.concat(
              Stream.of("", "-1", "99999999999999999999", "1e309", "null", "true", "[]", "{}")
                  .map(word -> word),
              Stream.of("\0", "\u202Eabc", "' or 1=1 --", "../../etc/passwd", "${jndi:x}", "😀"))
          .map(word -> URLEncoder.encode(word, UTF_8))
          .toList();

  private static final List<String> EVEN_WORSE_QUERY_WORDS = List.of("%ff%fe", "%c0%80");

  private static final List<byte[]> BODIES =
      Stream.concat(
              Stream.of(
                      "",
                      "{",
                      "[]",
                      "null",
                      "1",
                      "\"text\"",
                      "{\"a\":",
                      "{} {}",
                      "{\"nobody_knows_this\":1}",
                      "{'a':1}",
                      "<xml/>",
                      "[".repeat(5000),
                      "{\"a\":".repeat(5000),
                      "{\"\\u0000\":1}",
                      "{\"\\ud800\":\"\\ud800\"}")
                  .map(text -> text.getBytes(UTF_8)),
              Stream.of(
                  new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
                  new byte[] {(byte) 0xfe, (byte) 0xff, 0, '{'},
                  new byte[64]))
          .toList();

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private List<ApiCall> calls;

  /**
   * @param wrong what is wrong with it
   */
  private record Attempt(
      ApiCall call, String wrong, String path, Map<String, String> headers, byte[] body) {}

  @BeforeEach
  void ask() {
    rows = new Rows(jdbc);
    calls = ApiCall.of(Caller.anonymous(port).get("/openapi.json").json());
    assertThat(calls.size()).isGreaterThan(15);
  }

  @Test
  void hostile_addresses_are_refused_or_done() {
    List<Attempt> attempts = new ArrayList<>();
    for (ApiCall call : calls) {
      if (call.pathParameters() > 0) {
        for (String word : PATH_WORDS) {
          String path = call.path(Collections.nCopies(call.pathParameters(), word));
          attempts.add(attempt(call, word, path, null));
        }
      }
      String path = fine(call);
      for (String name : call.parameters("query")) {
        for (String word : QUERY_WORDS) {
          attempts.add(attempt(call, name, path + "?" + name + "=" + word, sample(call)));
        }
      }
      for (String word : EVEN_WORSE_QUERY_WORDS) {
        attempts.add(attempt(call, "query", path + "?project_id=" + word + "&limit=" + word, null));
      }
      attempts.add(attempt(call, "long", path + "?a=" + "b".repeat(7000), sample(call)));
    }

    sendAll(attempts, status -> status < 500);
  }

  @Test
  void hostile_bodies_are_refused_or_done() {
    List<Attempt> attempts = new ArrayList<>();
    for (ApiCall call : calls) {
      if (call.takesBody()) {
        BODIES.forEach(
            body -> attempts.add(attempt(call, new String(body, ISO_8859_1), fine(call), body)));
        var bodies = new HostileBodies(call.bodySchema().orElseThrow(), call.document());
        Stream.concat(
                bodies.everyPlace().stream(), bodies.byChance(BY_CHANCE, new Random(SEED)).stream())
            .forEach(body -> attempts.add(attempt(call, body.wrong(), fine(call), body.bytes())));
      }
    }
    assertThat(attempts.size()).isGreaterThan(3000);
    assertThat(attempts)
        .extracting(Attempt::wrong)
        .contains(
            "segment/labels/0 null",
            "steps/0/template \"\"",
            "window/days/0 -1",
            "rules/0/phrases/0 {}");

    sendAll(attempts, status -> status < 500);
  }

  @Test
  void hostile_arguments_of_agents_are_refused_or_done() {
    String agent = rows.token("read", rows.project, "1 hour");
    Map<String, String> headers =
        Map.of(
            "Authorization", "Bearer " + agent,
            "Accept", "application/json, text/event-stream",
            "Content-Type", "application/json");
    JsonNode tools =
        new Caller(port, headers)
            .call(
                "POST",
                "/mcp",
                CALL_TOOL.replace("tools/call", "tools/list").formatted("none", "{}"))
            .json()
            .at("/result/tools");
    assertThat(tools).hasSizeGreaterThan(4);
    List<Attempt> attempts = new ArrayList<>();
    for (JsonNode tool : tools) {
      JsonNode schema = tool.path("inputSchema");
      ApiCall call = new ApiCall("POST", "/mcp", schema, schema);
      var bodies = new HostileBodies(schema, schema);
      Stream.concat(
              bodies.everyPlace().stream(), bodies.byChance(BY_CHANCE, new Random(SEED)).stream())
          .forEach(
              body ->
                  attempts.add(
                      new Attempt(
                          call,
                          tool.path("name").asString() + " " + body.wrong(),
                          "/mcp",
                          headers,
                          CALL_TOOL
                              .formatted(
                                  tool.path("name").asString(), new String(body.bytes(), UTF_8))
                              .getBytes(UTF_8))));
    }

    sendAll(attempts, status -> status < 500);
  }

  @Test
  void an_unknown_field_is_refused_by_its_name_wherever_fields_are_known() throws Exception {
    for (ApiCall call : calls) {
      if (call.needsToken() && !call.bodyFields().isEmpty()) {
        byte[] body = "{\"nobody_knows_this\":1}".getBytes(UTF_8);
        HttpResponse<InputStream> answer = send(attempt(call, "field", fine(call), body));
        assertThat(new String(answer.body().readAllBytes(), UTF_8))
            .as(call.toString())
            .contains("invalid_body", "'nobody_knows_this'");
        assertThat(answer.statusCode()).as(call.toString()).isEqualTo(400);
      }
    }
  }

  @Test
  void an_unknown_parameter_is_refused_by_its_name_and_the_known_ones_are_told() throws Exception {
    for (ApiCall call : calls.stream().filter(ApiCall::needsToken).toList()) {
      String path = fine(call) + "?nobody_knows_this=1";
      HttpResponse<InputStream> answer = send(attempt(call, "parameter", path, sample(call)));
      assertThat(new String(answer.body().readAllBytes(), UTF_8))
          .as(call.toString())
          .contains("invalid_request", "'nobody_knows_this'")
          .contains(call.parameters("query"));
      assertThat(answer.statusCode()).as(call.toString()).isEqualTo(400);
    }
  }

  @Test
  void hostile_headers_are_refused_or_done() {
    List<Attempt> attempts = new ArrayList<>();
    for (ApiCall call : calls) {
      for (var header :
          Map.of(
                  "X-Project-Id", "no-uuid",
                  "Last-Event-ID", "' or 1=1 --",
                  "Accept", "application/xml",
                  "Content-Type", "application/x-www-form-urlencoded",
                  "Accept-Language", "xx-invalid-;;;",
                  "Idempotency-Key", "a key with blanks",
                  "If-None-Match", "\"\\\"",
                  "Origin", "https://elsewhere.example.com")
              .entrySet()) {
        attempts.add(
            new Attempt(
                call,
                header.getKey(),
                fine(call),
                with(headers(), header.getKey(), header.getValue()),
                call.takesBody() ? sample(call) : null));
      }
      attempts.add(
          new Attempt(
              call,
              "multipart",
              fine(call),
              with(headers(), "Content-Type", "multipart/form-data; boundary=x"),
              "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--"
                  .getBytes(UTF_8)));
    }

    sendAll(attempts, status -> status < 500);
  }

  @Test
  void a_token_that_is_no_more_or_never_was_opens_nothing() {
    String revoked = rows.token("admin", null, "1 hour");
    jdbc.sql(
            "update api_tokens set revoked_at = now() where project_id is null and expires_at > now()")
        .update();
    List<String> tokens =
        List.of(
            "Bearer " + rows.token("admin", null, "-1 second"),
            "Bearer " + revoked,
            "Bearer ' or 1=1 --",
            "Bearer " + "a".repeat(3000),
            "Basic YTpi",
            "Bearer");
    List<Attempt> attempts = new ArrayList<>();
    for (ApiCall call : calls.stream().filter(ApiCall::needsToken).toList()) {
      for (String token : tokens) {
        attempts.add(
            new Attempt(call, token, fine(call), Map.of("Authorization", token), sample(call)));
      }
    }

    sendAll(attempts, status -> status == 401);
  }

  /** An address that could be right. */
  private String fine(ApiCall call) {
    return call.path(
        Collections.nCopies(
            call.pathParameters(),
            call.path().contains("{jobType}") ? "chatwoot_sync" : rows.project.toString()));
  }

  private static byte[] sample(ApiCall call) {
    return call.takesBody() ? call.sample(Map.of()).toString().getBytes(UTF_8) : null;
  }

  private static Map<String, String> with(Map<String, String> all, String name, String value) {
    Map<String, String> more = new java.util.TreeMap<>(all);
    more.put(name, value);
    return more;
  }

  private Map<String, String> headers() {
    return Map.of(
        "Authorization", Caller.admin(port).headers().get("Authorization"),
        "X-Project-Id", rows.project.toString(),
        "Content-Type", "application/json");
  }

  private Attempt attempt(ApiCall call, String wrong, String path, byte[] body) {
    return new Attempt(call, wrong, path, headers(), body);
  }

  private void sendAll(List<Attempt> attempts, Predicate<Integer> fine) {
    List<String> faults = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> all = new ArrayList<>();
      for (Attempt attempt : attempts) {
        all.add(threads.submit(() -> check(attempt, fine, faults)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
    assertThat(faults).as("seed %d", SEED).isEmpty();
  }

  private Void check(Attempt attempt, Predicate<Integer> fine, List<String> faults)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer = send(attempt);
    String text = "";
    try (InputStream body = answer.body()) {
      if (!type(answer).startsWith("text/event-stream")) {
        text = new String(body.readAllBytes(), UTF_8);
      }
    }
    int status = answer.statusCode();
    boolean full = text.contains(ProblemCode.TOO_MANY_STREAMS.wireName());
    boolean told = status < 400 || isProblem(answer, text) || isAgents(attempt);
    if (!(fine.test(status) || full) || !told || SLIPS.stream().anyMatch(text::contains)) {
      faults.add(
          "%s (%s): %d %s"
              .formatted(attempt.call(), shortened(attempt.wrong()), status, shortened(text)));
    }
    try {
      AgreedAnswers.check(attempt.call().method(), attempt.path(), answer, text);
    } catch (AssertionError unlike) {
      faults.add(attempt.call() + " (" + shortened(attempt.wrong()) + "): " + unlike.getMessage());
    }
    return null;
  }

  /** The protocol has its own way to refuse a message. */
  private static boolean isAgents(Attempt attempt) {
    return attempt.path().equals("/mcp");
  }

  private HttpResponse<InputStream> send(Attempt attempt) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + attempt.path()))
            .timeout(Duration.ofSeconds(30))
            .method(
                attempt.call().method(),
                attempt.body() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(attempt.body()));
    attempt.headers().forEach(request::header);
    return HTTP.send(request.build(), BodyHandlers.ofInputStream());
  }

  private static String type(HttpResponse<?> answer) {
    return answer.headers().firstValue("Content-Type").orElse("");
  }

  private static boolean isProblem(HttpResponse<?> answer, String text) {
    try {
      JsonNode problem = JSON.readTree(text);
      return type(answer).startsWith("application/problem+json")
          && CODES.contains(problem.path("code").asString())
          && !problem.path("detail").asString().isBlank()
          && problem.path("request_id").asString().length() > 10
          && Stream.of("Exception", "dev.threadmill", "springframework", "jackson", "SQL", "\tat ")
              .noneMatch(text::contains);
    } catch (JacksonException noJson) {
      return false;
    }
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
