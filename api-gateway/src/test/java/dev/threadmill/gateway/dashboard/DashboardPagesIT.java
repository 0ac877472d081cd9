package dev.threadmill.gateway.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the pages show and do. */
@GatewayTest
class DashboardPagesIT {
  private static final Pattern OLDER = Pattern.compile("href=\"([^\"]+)\">Older ones");

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Browser browser;
  private String base;

  @BeforeEach
  void an_administrator() {
    rows = new Rows(jdbc);
    base = "/ui/projects/" + rows.project;
    browser = new Browser(port);
    browser.signIn(rows.token("admin", rows.project, "1 hour"));
  }

  @Test
  void an_empty_project_says_on_each_page_what_to_do_next() {
    assertThat(browser.get(base + "/overview").body()).contains("No messages yet", "Sync now");
    assertThat(browser.get(base + "/runs").body()).contains("No job has run yet");
    assertThat(browser.get(base + "/scheduler").body()).contains("no schedules yet");
    assertThat(browser.get(base + "/search").body()).contains("Ask in your own words");
    assertThat(browser.get(base + "/search?q=nothing+is+here").body())
        .contains("Nothing was found");
  }

  @Test
  void who_may_bind_an_account_is_led_to_the_page_for_it_and_others_to_who_may() {
    jdbc.sql("delete from project_sources where project_id = :project")
        .param("project", rows.project)
        .update();
    Browser reader = new Browser(port);
    reader.signIn(rows.token("read", rows.project, "1 hour"));

    assertThat(browser.get(base + "/overview").body())
        .contains("href=\"" + base + "/admin/sources\">Bind a Chatwoot account");
    assertThat(reader.get(base + "/overview").body())
        .contains("Ask an administrator")
        .doesNotContain("/admin/sources");
  }

  @Test
  void a_run_is_shown_cancelled_and_started_again() {
    HttpResponse<String> run = browser.submit(base + "/jobs/chatwoot_sync/start", Map.of());
    assertThat(run.uri().getPath()).startsWith(base + "/runs/");
    assertThat(run.body()).contains("Chatwoot sync", "queued", "Waits for its turn", "Cancel");
    String path = run.uri().getPath();
    say("running", 7, "{\"conversations_listed\":4,\"conversations\":1}");
    assertThat(browser.part(path).body())
        .contains("1 of 4 changed conversations read", "value=\"1\"")
        .doesNotContain("<html");

    HttpResponse<String> cancelled = browser.submit(path + "/cancel", Map.of());
    assertThat(cancelled.body()).contains("Stops within seconds");
    jdbc.sql(
            """
            update job_runs set status = 'failed', finished_at = now(), lease_until = null, error = 'the <b>server</b> is away',
              error_class = 'chatwoot_unreachable' where project_id = :project
            """)
        .param("project", rows.project)
        .update();
    assertThat(browser.get(path).body())
        .contains("Retry", "Chatwoot unreachable", "the &lt;b&gt;server&lt;/b&gt; is away");

    HttpResponse<String> again = browser.submit(path + "/again", Map.of());

    assertThat(again.uri().getPath()).startsWith(base + "/runs/").isNotEqualTo(path);
    assertThat(actions()).contains("run.start", "run.cancel");
  }

  private void say(String status, int processed, String progress) {
    jdbc.sql(
            """
            update job_runs set status = :status, started_at = now(), lease_until = now() + interval '1 min',
              processed_count = :processed, progress = :progress::jsonb where project_id = :project
            """)
        .param("status", status)
        .param("processed", processed)
        .param("progress", progress)
        .param("project", rows.project)
        .update();
  }

  @Test
  void a_run_that_is_traced_leads_to_its_trace() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    HttpResponse<String> run = browser.submit(base + "/jobs/chatwoot_sync/start", Map.of());
    assertThat(run.body()).contains("<dt>Id</dt>").doesNotContain("<dt>Trace</dt>");

    jdbc.sql("update job_runs set traceparent = :traceparent where project_id = :project")
        .param("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
        .param("project", rows.project)
        .update();

    assertThat(browser.get(run.uri().getPath()).body())
        .contains("<dt>Trace</dt>", "href=\"https://traces.example.com/" + trace + "\"");
  }

  private List<String> actions() {
    return jdbc.sql(
            "select action from audit_log where project_id = :project and token_name = 'a test'")
        .param("project", rows.project)
        .query(String.class)
        .list();
  }

  @Test
  void the_run_log_goes_back_page_by_page_and_keeps_its_filters() {
    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, requested_at, started_at, finished_at)
            select :project, 'chatwoot_sync', 'schedule', 'scheduler', 'ok', now() - n * interval '1 min', now(), now()
            from generate_series(1, 30) n
            """)
        .param("project", rows.project)
        .update();

    String first = browser.get(base + "/runs?job=chatwoot_sync&status=&trigger=").body();

    assertThat(first.split("<tr", -1)).hasSize(27);
    var older = OLDER.matcher(first);
    assertThat(older.find()).isTrue();
    String second = browser.get(older.group(1).replace("&amp;", "&")).body();
    assertThat(second.split("<tr", -1)).hasSize(7);
    assertThat(second).contains("The newest").doesNotContain("hx-trigger=\"live");
    assertThat(browser.get(base + "/runs?job=embeddings_run").body())
        .contains("No run passes these filters");
    assertThat(browser.get(base + "/runs?job=nothing").statusCode()).isEqualTo(400);
  }

  @Test
  void a_schedule_is_explained_paused_resumed_and_moved() {
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
            values (:project, 'chatwoot_sync', 900, now() + interval '7 min')
            """)
        .param("project", rows.project)
        .update();
    String sync = base + "/scheduler/chatwoot_sync";
    assertThat(browser.get(base + "/scheduler").body())
        .contains("every 15 min", "No run in the past day", "Pause", "Run now", "Why not?");

    assertThat(browser.submit(sync + "/pause", Map.of("reason", "moving house")).body())
        .contains("Paused by a test: moving house", "Resume");
    assertThat(browser.submit(sync + "/resume", Map.of()).body()).contains("Pause it");
    assertThat(browser.submit(sync + "/timing", Map.of("minutes", "1.5")).body())
        .contains("every 1 min 30 s");
    assertThat(
            browser
                .submit(sync + "/timing", Map.of("cron", "@daily", "zone", "Europe/Berlin"))
                .body())
        .contains("at @daily (Europe/Berlin)");
    for (String wrong : new String[] {"", "-3", "many", "1e9999999"}) {
      HttpResponse<String> refused = browser.submit(sync + "/timing", Map.of("minutes", wrong));
      assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
      assertThat(refused.body()).contains("That did not work", "request");
      browser.get(sync);
    }
    assertThat(browser.submit(sync + "/run", Map.of()).uri().getPath()).startsWith(base + "/runs/");
    assertThat(browser.get(base + "/scheduler").body()).contains("mark-active", "Past day: 1 run,");
    assertThat(actions()).contains("schedule.change", "schedule.run");
  }

  @Test
  void a_token_that_may_run_may_not_pause() {
    Browser runner = new Browser(port);
    runner.signIn(rows.token("run", rows.project, "1 hour"));
    runner.get(base + "/search");

    assertThat(runner.submit(base + "/scheduler/chatwoot_sync/pause", Map.of()).statusCode())
        .isEqualTo(403);
    assertThat(
            runner.submit(base + "/runs/" + UUID.randomUUID() + "/cancel", Map.of()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void what_customers_wrote_is_shown_as_text_in_hits_and_in_their_conversation() {
    String hostile =
        "<script>alert(1)</script><img src=x onerror=alert(2)> parcel \u202egpj.exe [a](javascript:alert(3))";
    long conversation = rows.conversation("open", "<i>label</i>");
    long message = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, message, 0, hostile, true);
    jdbc.sql(
            "update cw_messages set content = :text where message_id = :id and project_id = :project")
        .param("text", hostile)
        .param("id", message)
        .param("project", rows.project)
        .update();

    String hits = browser.get(base + "/search?q=parcel").body();
    assertThat(hits)
        .contains("&lt;script&gt;alert(1)", "<mark>parcel</mark>", "words no. 1", "In Chatwoot")
        .doesNotContain("<script>alert", "<img src=x", "<i>label");
    String conversationPage =
        browser.get(base + "/conversations/" + conversation + "?message=" + message).body();
    assertThat(conversationPage)
        .contains("&lt;img src=x onerror=alert(2)&gt;", "is-found", "dir=\"auto\"")
        .doesNotContain("<script>alert", "<img src=x", "href=\"javascript");
    for (String days : List.of("from=yesterday", "to=%2B999999999-12-31", "from=1969-12-31")) {
      HttpResponse<String> refused = browser.get(base + "/search?q=parcel&" + days);
      assertThat(refused.statusCode()).as(days).isEqualTo(400);
      assertThat(refused.body()).contains("between the years 1970 and 9999");
    }
    assertThat(browser.get(base + "/search?q=parcel&from=1970-01-01&to=9999-12-31").body())
        .contains("1 message");
    jdbc.sql(
            "update cw_messages set created_at = '2026-11-24T23:30:00Z' where message_id = :id and project_id = :project")
        .param("id", message)
        .param("project", rows.project)
        .update();
    String day = base + "/search?q=parcel&from=2026-11-25&to=2026-11-25&zone=";
    assertThat(browser.get(day + "Europe/Berlin").body())
        .contains("1 message", "From (Europe/Berlin)");
    assertThat(browser.get(day + "No/Where").body()).contains("Nothing was found", "From (UTC)");
    Rows others = new Rows(jdbc);
    long foreign = others.conversation("open");
    assertThat(browser.get(base + "/conversations/" + foreign).statusCode()).isEqualTo(404);
  }
}
