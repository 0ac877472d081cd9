package dev.threadmill.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the gateway says to everybody, and what it does not take from anybody. */
@GatewayTest
class ExposureIT {
  private static final long MOST_OF_AN_ENDLESS_BODY = 64L * 1024 * 1024;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void a_body_that_is_too_long_is_refused_whether_or_not_its_length_is_announced()
      throws Exception {
    String tooLong = "{\"query\":\"" + "x".repeat(300 * 1024) + "\"}";

    Answer announced = caller.call("POST", "/search", tooLong);
    HttpResponse<String> chunked =
        HTTP.send(
            request("/search")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(tooLong.getBytes())))
                .build(),
            BodyHandlers.ofString());

    assertThat(announced.status()).isEqualTo(413);
    assertThat(announced.code()).isEqualTo("content_too_large");
    assertThat(chunked.statusCode()).as(chunked.body()).isEqualTo(413);
    assertThat(chunked.body()).contains("content_too_large", "REQUEST_MAX_BODY_KB");
    assertThat(caller.with("Idempotency-Key", "long").call("POST", "/tokens", tooLong).status())
        .isEqualTo(413);
    assertThat(Caller.anonymous(port).call("POST", "/search", tooLong).status()).isEqualTo(401);
  }

  @Test
  void who_may_read_an_answer_may_ask_for_its_headers_alone_and_nobody_else() {
    Caller reader = Caller.anonymous(port).token(rows.token("read", rows.project, "1 hour"));

    Answer answer = reader.call("HEAD", "/jobs/status", null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEmpty();
    assertThat(reader.call("HEAD", "/tokens", null).status()).isEqualTo(403);
    assertThat(Caller.anonymous(port).call("HEAD", "/jobs/status", null).status()).isEqualTo(401);
  }

  @Test
  void an_endless_webhook_is_read_no_further_than_its_limit_also_with_a_token_and_a_key()
      throws Exception {
    long keys = jdbc.sql("select count(*) from idempotency_keys").query(Long.class).single();
    for (String path : new String[] {"/webhooks/x", "/webhooks/chatwoot/" + rows.source}) {
      var read = new AtomicLong();
      HttpRequest endless =
          request(path)
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", "endless-" + rows.project)
              .POST(BodyPublishers.ofInputStream(() -> endless(read)))
              .build();
      try {
        int status = HTTP.send(endless, BodyHandlers.discarding()).statusCode();
        assertThat(status).isBetween(400, 499);
      } catch (IOException cutOff) {
        // The server closed the connection while it was being sent to.
      }
      assertThat(read.get()).as(path).isLessThan(MOST_OF_AN_ENDLESS_BODY);
    }
    assertThat(jdbc.sql("select count(*) from idempotency_keys").query(Long.class).single())
        .isEqualTo(keys);
  }

  /** Ends far beyond what is ever read, or a fault would fill the memory of this machine. */
  private static InputStream endless(AtomicLong read) {
    return new InputStream() {
      @Override
      public int read() {
        return read.incrementAndGet() < MOST_OF_AN_ENDLESS_BODY ? ' ' : -1;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        Arrays.fill(bytes, offset, offset + length, (byte) ' ');
        return read.addAndGet(length) < MOST_OF_AN_ENDLESS_BODY ? length : -1;
      }
    };
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + GatewayServers.ADMIN_TOKEN)
        .header("X-Project-Id", rows.project.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs", "/jobs/status", "/nothing", "//refused", "/openapi.json"})
  void every_answer_tells_browsers_to_be_careful(String path) {
    HttpResponse<String> answer = caller.get(path).response();

    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Content-Security-Policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe-eval", "script-src 'unsafe-inline'");
    assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
  }

  @Test
  void answers_are_not_kept_anywhere_except_the_contract_which_is_asked_about() {
    assertThat(header(caller.get("/jobs/status").response(), "Cache-Control")).contains("no-store");
    for (String path : new String[] {"/openapi.json", "/v1/openapi.json"}) {
      HttpResponse<String> contract = Caller.anonymous(port).get(path).response();
      String tag = header(contract, "ETag");
      assertThat(tag).isNotBlank();
      assertThat(header(contract, "Cache-Control")).isEqualTo("no-cache");

      Answer again = Caller.anonymous(port).with("If-None-Match", tag).get(path);

      assertThat(again.status()).isEqualTo(304);
      assertThat(again.text()).isEmpty();
    }
  }

  @Test
  void long_answers_are_compressed_for_who_can_read_that() throws Exception {
    HttpResponse<byte[]> answer =
        HTTP.send(
            request("/openapi.json").header("Accept-Encoding", "gzip").build(),
            BodyHandlers.ofByteArray());

    assertThat(header(answer, "Content-Encoding")).isEqualTo("gzip");
    try (var text = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(text.readAllBytes().length).isGreaterThan(2 * answer.body().length);
    }
  }

  @Test
  void a_page_of_an_origin_that_is_set_may_call_and_others_may_not() throws Exception {
    String asked = "authorization,x-project-id";
    HttpResponse<String> allowed = preflight("/search", GatewayServers.ORIGIN, asked);
    HttpResponse<String> other = preflight("/search", "https://elsewhere.example.com", asked);

    assertThat(allowed.statusCode()).isEqualTo(200);
    assertThat(header(allowed, "Access-Control-Allow-Origin")).isEqualTo(GatewayServers.ORIGIN);
    assertThat(header(allowed, "Access-Control-Allow-Headers"))
        .containsIgnoringCase("Authorization");
    assertThat(header(allowed, "Access-Control-Allow-Credentials")).isEmpty();
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(header(other, "Access-Control-Allow-Origin")).isEmpty();
    assertThat(
            header(
                caller.with("Origin", GatewayServers.ORIGIN).get("/jobs/status").response(),
                "Access-Control-Expose-Headers"))
        .contains("X-Request-Id");
  }

  @Test
  void an_agent_in_a_browser_may_send_what_its_protocol_wants() throws Exception {
    String asked = "authorization,content-type,last-event-id,mcp-protocol-version,mcp-session-id";

    HttpResponse<String> allowed = preflight("/mcp", GatewayServers.ORIGIN, asked);

    assertThat(allowed.statusCode()).isEqualTo(200);
    assertThat(
            header(allowed, "Access-Control-Allow-Headers").toLowerCase(Locale.ROOT).split(", *"))
        .contains(asked.split(","));
  }

  private HttpResponse<String> preflight(String path, String origin, String headers)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method("OPTIONS", BodyPublishers.noBody())
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", headers)
            .build(),
        BodyHandlers.ofString());
  }

  /** Linux answers under all of 127.0.0.0/8, so that this test has an address of its own. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void an_address_with_too_many_wrong_tokens_is_told_to_wait_and_right_tokens_pass()
      throws Exception {
    try (HttpClient elsewhere =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .localAddress(InetAddress.getByName("127.0.0.77"))
            .build()) {
      String known = rows.token("read", rows.project, "1 hour");
      assertThat(status(elsewhere, known).statusCode()).isEqualTo(200);
      int wrong = 0;
      HttpResponse<String> refused = status(elsewhere, "wrong");
      while (refused.statusCode() == 401) {
        wrong++;
        refused = status(elsewhere, "wrong " + wrong);
      }
      assertThat(wrong).isGreaterThanOrEqualTo(GatewayServers.WRONG_TOKENS);

      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("\"too_many_wrong_tokens\"");
      assertThat(Integer.parseInt(header(refused, "Retry-After"))).isBetween(1, 60);
      assertThat(status(elsewhere, known).statusCode()).isEqualTo(200);
      String neverSeen = rows.token("read", rows.project, "1 hour");
      assertThat(status(elsewhere, neverSeen).statusCode()).isEqualTo(200);
      assertThat(caller.get("/jobs/status").status()).isEqualTo(200);
    }
  }

  private HttpResponse<String> status(HttpClient client, String token)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/jobs/status"))
            .header("Authorization", "Bearer " + token)
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void what_a_header_says_of_the_callers_address_is_not_believed_on_kubernetes_either() {
    Answer created =
        caller
            .with("X-Forwarded-For", "203.0.113.9")
            .post("/tokens", Map.of("name", "from where", "scope", "read"));

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(
            jdbc.sql("select address from audit_log where project_id = :project")
                .param("project", rows.project)
                .query(String.class)
                .list())
        .containsExactly("127.0.0.1");
  }

  @Test
  void what_is_sent_twice_with_one_key_is_done_once_and_answered_alike() {
    Caller sender = caller.with("Idempotency-Key", "key-" + rows.project);
    Map<String, String> wish = Map.of("name", "sent twice", "scope", "read");

    Answer first = sender.post("/tokens", wish);
    Answer again = sender.post("/tokens", wish);

    assertThat(first.status()).as(first.text()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(first.text()).contains("\"token\"");
    assertThat(header(again.response(), "Location"))
        .isEqualTo(header(first.response(), "Location"))
        .isNotBlank();
    assertThat(header(first.response(), "Idempotent-Replayed")).isEmpty();
    assertThat(header(again.response(), "Idempotent-Replayed")).isEqualTo("true");
    assertThat(tokens("sent twice")).isEqualTo(1);
    Caller holder = Caller.anonymous(port).token(first.json().path("token").asString());
    assertThat(holder.get("/jobs/status").status()).isEqualTo(200);
  }

  @Test
  void a_key_that_came_with_something_else_is_refused_and_each_caller_has_keys_of_their_own() {
    Caller sender = caller.with("Idempotency-Key", "key-" + rows.project);
    sender.post("/tokens", Map.of("name", "the first", "scope", "read"));

    Answer other = sender.post("/tokens", Map.of("name", "the second", "scope", "read"));

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.code()).isEqualTo("idempotency_key_reused");
    Caller somebodyElse = sender.token(rows.token("admin", rows.project, "1 hour"));
    assertThat(somebodyElse.post("/tokens", Map.of("name", "the third", "scope", "read")).status())
        .isEqualTo(201);
    assertThat(sender.post("/jobs/chatwoot/sync").status()).isEqualTo(202);
    assertThat(caller.with("Idempotency-Key", "k".repeat(129)).post("/jobs/chatwoot/sync").status())
        .isEqualTo(400);
  }

  @Test
  void what_created_nothing_may_be_tried_again_with_its_key() {
    Caller sender = caller.with("Idempotency-Key", "key-" + rows.project);

    assertThat(sender.post("/tokens", Map.of("name", "", "scope", "read")).status()).isEqualTo(400);

    assertThat(sender.post("/tokens", Map.of("name", "mended", "scope", "read")).status())
        .isEqualTo(201);
  }

  @Test
  void a_request_that_was_done_and_lost_its_answer_is_not_done_again_and_old_keys_go() {
    Caller sender = caller.with("Idempotency-Key", "key-" + rows.project);
    Map<String, String> wish = Map.of("name", "cut off", "scope", "read");
    sender.post("/tokens", wish);
    jdbc.sql("update idempotency_keys set answer = null, lease_until = now() - interval '1 second'")
        .update();

    Answer again = sender.post("/tokens", wish);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.code()).isEqualTo("idempotency_answer_lost");
    jdbc.sql("update idempotency_keys set created_at = now() - interval '25 hours'").update();
    assertThat(sender.post("/tokens", wish).status()).isEqualTo(201);
    assertThat(tokens("cut off")).isEqualTo(2);
    assertThat(jdbc.sql("select count(*) from idempotency_keys").query(Long.class).single())
        .isEqualTo(1);
  }

  @Test
  void a_request_that_was_cut_off_before_it_did_anything_is_done_once_its_time_is_over() {
    Caller sender = caller.with("Idempotency-Key", "key-" + rows.project);
    Map<String, String> wish = Map.of("name", "not done", "scope", "read");
    sender.post("/tokens", wish);
    jdbc.sql("update idempotency_keys set answer = null, done = false").update();

    Answer tooSoon = sender.post("/tokens", wish);
    jdbc.sql("update idempotency_keys set lease_until = now() - interval '1 second'").update();
    Answer later = sender.post("/tokens", wish);

    assertThat(tooSoon.status()).isEqualTo(409);
    assertThat(tooSoon.code()).isEqualTo("idempotency_key_in_use");
    assertThat(later.status()).isEqualTo(201);
    assertThat(sender.post("/tokens", wish).text()).isEqualTo(later.text());
  }

  @Test
  void what_is_kept_of_an_answer_cannot_be_read_in_the_database() {
    String token =
        caller
            .with("Idempotency-Key", "key-" + rows.project)
            .post("/tokens", Map.of("name", "unreadable", "scope", "read"))
            .json()
            .path("token")
            .asString();
    assertThat(token).startsWith("tm_");

    assertThat(
            jdbc.sql(
                    """
                    select count(*) from idempotency_keys
                    where encode(answer, 'escape') like '%' || :token || '%' or encode(answer, 'escape') like '%unreadable%'
                    """)
                .param("token", token)
                .query(Long.class)
                .single())
        .isZero();
    assertThat(
            jdbc.sql("select count(*) from idempotency_keys where answer is not null")
                .query(Long.class)
                .single())
        .isPositive();
  }

  private long tokens(String name) {
    return jdbc.sql("select count(*) from api_tokens where name = :name and project_id = :project")
        .param("name", name)
        .param("project", rows.project)
        .query(Long.class)
        .single();
  }
}
