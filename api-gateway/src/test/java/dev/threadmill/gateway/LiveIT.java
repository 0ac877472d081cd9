package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.gateway.Caller.Answer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.test.context.ContextConfiguration;

/** The run log as it is read: page by page, and live. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"management.server.port=0", "LIVE_STREAMS=48"})
@ContextConfiguration(initializers = GatewayServers.class)
@ExtendWith(OutputCaptureExtension.class)
class LiveIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private FilterChainProxy security;

  private final List<Stream> streams = new CopyOnWriteArrayList<>();
  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  @AfterEach
  void close() {
    streams.forEach(Stream::close);
  }

  @Test
  void the_projects_stream_tells_of_each_change_of_each_of_its_runs_and_of_no_others() {
    Stream stream = open("/jobs/events", null);
    UUID other = UUID.fromString(start(Caller.admin(port).of(new Rows(jdbc).project)));

    String sync = start(caller);
    stream.awaits("\"run_id\":\"" + sync + "\"", "\"status\":\"queued\"");
    set(sync, "status = 'running', lease_until = now() + interval '1 min', processed_count = 3");
    stream.awaits("\"processed_count\":3");
    finish(sync);

    stream.awaits("\"status\":\"ok\"");
    assertThat(stream.text()).doesNotContain(other.toString());
  }

  @Test
  void who_comes_back_learns_what_finished_meanwhile() {
    Stream first = open("/jobs/events", null);
    start(caller);
    first.awaits("\"status\":\"queued\"");
    String seen = first.lastId();
    first.close();
    String run = activeRun();
    finish(run);

    Stream again = open("/jobs/events", seen);

    again.awaits("\"run_id\":\"" + run + "\"", "\"status\":\"ok\"");
  }

  @Test
  void who_is_cut_off_among_runs_that_finished_at_different_times_gets_those_that_are_left() {
    List<String> finished =
        jdbc.sql(
                """
                with past as (
                  insert into job_runs (project_id, job_name, trigger, requested_by, status, requested_at, finished_at)
                  select :project, 'chatwoot_sync', 'manual', 'Ada', 'ok', now() - seconds * interval '1 s',
                    now() - seconds * interval '1 s'
                  from unnest(array[60, 50, 40]) seconds returning id, finished_at)
                select id::text from past order by finished_at
                """)
            .param("project", rows.project)
            .query(String.class)
            .list();
    Instant before = Instant.now().minusSeconds(120);
    Stream all =
        open("/jobs/events", Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, before)));
    all.awaits(finished.toArray(String[]::new));

    Stream rest = open("/jobs/events", all.firstId());

    rest.awaits(finished.get(1), finished.get(2));
  }

  /** What comes later would be written by two threads at once. */
  @Test
  void all_headers_are_written_before_a_streams_thread_can_send() throws Exception {
    for (String path : List.of("/jobs/events", "/ui/projects/" + rows.project + "/events")) {
      var writer =
          security.getFilters(path).stream()
              .filter(HeaderWriterFilter.class::isInstance)
              .findFirst()
              .orElseThrow();
      var before = new AtomicReference<Collection<String>>();
      var answer = new MockHttpServletResponse();

      writer.doFilter(
          new MockHttpServletRequest("GET", path),
          answer,
          (request, response) ->
              before.set(List.copyOf(((HttpServletResponse) response).getHeaderNames())));

      assertThat(before.get())
          .as(path)
          .contains("Cache-Control")
          .containsExactlyElementsOf(answer.getHeaderNames());
    }
  }

  @Test
  void who_comes_for_the_first_time_is_not_told_old_news() {
    String old = start(caller);
    finish(old);

    Stream stream = open("/jobs/events", null);
    String fresh = start(caller);

    stream.awaits(fresh);
    assertThat(stream.text()).doesNotContain(old);
  }

  @Test
  void a_runs_stream_carries_its_lines_ends_with_it_and_needs_no_second_look() {
    String run = start(caller);
    Stream stream = open("/jobs/runs/" + run + "/events", null);
    stream.awaits("\"status\":\"queued\"");
    set(run, "log = append_run_log(log, 'info', array['12 conversations listed'])");
    stream.awaits("12 conversations listed");

    finish(run);

    stream.awaits("\"status\":\"ok\"");
    await().until(stream::ended);
    assertThat(
            caller
                .with("Last-Event-ID", stream.lastId())
                .get("/jobs/runs/" + run + "/events")
                .status())
        .isEqualTo(204);
  }

  @Test
  void a_stream_ends_within_a_minute_when_its_token_is_revoked_or_expires_and_no_other_does(
      CapturedOutput output) {
    String run = start(caller);
    String token = rows.token("read", rows.project, "1 hour");
    String other = rows.token("read", null, "1 hour");
    String third = rows.token("read", null, "1 hour");
    Stream revoked = open("/jobs/events", null, token);
    Stream expired = open("/jobs/runs/" + run + "/events", null, other);
    Stream good = open("/jobs/events", null, third);
    for (Stream each : List.of(revoked, expired, good)) {
      each.awaits("connected");
    }

    change(token, "revoked_at = now()");
    change(other, "expires_at = now()");

    await().atMost(Duration.ofMinutes(1)).until(() -> revoked.ended() && expired.ended());
    finish(run);
    good.awaits("\"status\":\"ok\"");
    assertThat(good.ended()).isFalse();
    assertThat(tryOpen("/jobs/events", null, token).status).isEqualTo(401);
    assertThat(output).doesNotContain("response is already committed");
  }

  private void change(String token, String columns) {
    jdbc.sql(
            "update api_tokens set "
                + columns
                + " where token_hash = sha256(convert_to(:token, 'UTF8'))")
        .param("token", token)
        .update();
  }

  @Test
  void readers_over_half_the_limit_are_told_so_and_those_of_another_project_are_let_in() {
    Stream last = open("/jobs/events", null);
    for (int opened = 1; opened <= 24 && last.status == 200; opened++) {
      last = tryOpen("/jobs/events", null);
    }

    assertThat(last.status).isEqualTo(503);
    last.awaits("too_many_streams");
    rows = new Rows(jdbc);
    assertThat(open("/jobs/events", null).status).isEqualTo(200);
  }

  @Test
  void pages_follow_a_cursor_to_the_end_and_filters_narrow_them() {
    for (int i = 0; i < 5; i++) {
      finish(start(caller));
    }
    Answer first = caller.get("/jobs/runs?limit=3");
    assertThat(first.json().path("items").size()).isEqualTo(3);
    String cursor = first.json().path("next_cursor").asString();

    Answer second = caller.get("/jobs/runs?limit=3&cursor=" + cursor);

    assertThat(second.json().path("items").size()).isEqualTo(2);
    assertThat(second.json().path("next_cursor").isNull()).isTrue();
    assertThat(caller.get("/jobs/runs?trigger=manual&limit=50").json().path("items").size())
        .isEqualTo(5);
    assertThat(caller.get("/jobs/runs?trigger=schedule").json().path("items")).isEmpty();
    assertThat(caller.get("/jobs/runs?from=2099-01-01T00:00:00Z").json().path("items")).isEmpty();
    assertThat(caller.get("/jobs/runs?to=2099-01-01T00:00:00Z").json().path("items").size())
        .isEqualTo(5);
    for (String wrong : List.of("trigger=fate", "from=monday", "cursor=abc", "limit=201")) {
      assertThat(caller.get("/jobs/runs?" + wrong).status()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void a_run_is_shown_with_its_last_lines() {
    String run = start(caller);
    set(run, "log = append_run_log(log, 'warn', array['page 7 fails'])");

    assertThat(
            caller.get("/jobs/runs/" + run).json().path("log").path(0).path("message").asString())
        .isEqualTo("page 7 fails");
    assertThat(caller.get("/jobs/runs").json().path("items").path(0).path("log").isNull()).isTrue();
  }

  private static String start(Caller who) {
    return who.post("/jobs/chatwoot/sync").json().path("run_id").asString();
  }

  private String activeRun() {
    return caller
        .get("/jobs/runs?status=queued")
        .json()
        .path("items")
        .path(0)
        .path("run_id")
        .asString();
  }

  private void finish(String run) {
    set(run, "status = 'ok', finished_at = now(), lease_until = null");
  }

  private void set(String run, String columns) {
    jdbc.sql("update job_runs set " + columns + " where id = :id::uuid").param("id", run).update();
  }

  /** Readers that are gone are missed after a moment only, and hold their places until then. */
  private Stream open(String path, String lastId) {
    return open(path, lastId, GatewayServers.ADMIN_TOKEN);
  }

  private Stream open(String path, String lastId, String token) {
    return await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> tryOpen(path, lastId, token), stream -> stream.status == 200);
  }

  private Stream tryOpen(String path, String lastId) {
    return tryOpen(path, lastId, GatewayServers.ADMIN_TOKEN);
  }

  private Stream tryOpen(String path, String lastId, String token) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("X-Project-Id", rows.project.toString())
            .header("Authorization", "Bearer " + token);
    if (lastId != null) {
      request.header("Last-Event-ID", lastId);
    }
    try {
      var answer = HTTP.send(request.build(), BodyHandlers.ofInputStream());
      var stream = new Stream(answer.statusCode(), answer.body());
      streams.add(stream);
      return stream;
    } catch (java.io.IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /** What a reader of server-sent events got up to now. */
  private static final class Stream {
    private static final Pattern ID = Pattern.compile("(?m)^id:(.+)$");

    private final int status;
    private final InputStream body;
    private final StringBuffer text = new StringBuffer();
    private volatile boolean ended;

    Stream(int status, InputStream body) {
      this.status = status;
      this.body = body;
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      byte[] part = new byte[4096];
      try {
        for (int length = body.read(part); length >= 0; length = body.read(part)) {
          text.append(new String(part, 0, length, StandardCharsets.UTF_8));
        }
      } catch (java.io.IOException closed) {
        // By this test.
      }
      ended = true;
    }

    void awaits(String... parts) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(text.toString()).contains(parts));
    }

    String text() {
      return text.toString();
    }

    String firstId() {
      return ID.matcher(text).results().findFirst().orElseThrow().group(1);
    }

    String lastId() {
      return ID.matcher(text).results().reduce((first, second) -> second).orElseThrow().group(1);
    }

    boolean ended() {
      return ended;
    }

    void close() {
      try {
        body.close();
      } catch (java.io.IOException alreadyClosed) {
        // Then it is.
      }
    }
  }
}
