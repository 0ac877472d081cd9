package dev.threadmill.gateway.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.ProjectDeletions.Progress;
import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Letters;
import dev.threadmill.gateway.Rows;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pages of the daily numbers and of administration. */
@GatewayTest
class AdminPagesIT {
  private static final Pattern NEW_TOKEN = Pattern.compile("id=\"new-token\">([^<]+)<");
  private static final Pattern OLDER = Pattern.compile("href=\"([^\"]+)\">Older ones");

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private ProjectDeletions deletions;
  @Autowired private KafkaConnection connection;

  private Rows rows;
  private Browser browser;
  private String base;

  @BeforeEach
  void an_administrator_of_a_project() {
    rows = new Rows(jdbc);
    base = "/ui/projects/" + rows.project;
    browser = signedIn(rows.token("admin", rows.project, "1 hour"));
  }

  private Browser signedIn(String token) {
    Browser one = new Browser(port);
    one.signIn(token);
    return one;
  }

  private String name(UUID project) {
    return jdbc.sql("select name from projects where id = :id")
        .param("id", project)
        .query(String.class)
        .single();
  }

  private List<String> actions() {
    return jdbc.sql(
            "select action from audit_log where project_id = :project and token_name = 'a test' order by id")
        .param("project", rows.project)
        .query(String.class)
        .list();
  }

  private void day(String level, String day, long inbox, int opened, Integer response) {
    jdbc.sql(
            """
            insert into analytics_daily (project_id, level, day, inbox_id, agent_id, opened, resolved, reopened, messages_in,
              messages_out, contacts, first_response_median, first_response_p90, signals)
            values (:project, :level, :day::date, :inbox, 0, :opened, 0, 0, 1234, 5, 1, :response::double precision,
              :response::double precision, '{"churn_risk": 2}')
            """)
        .param("project", rows.project)
        .param("level", level)
        .param("day", day)
        .param("inbox", inbox)
        .param("opened", opened)
        .param("response", response)
        .update();
  }

  @Test
  void the_daily_numbers_are_drawn_told_in_tables_and_given_as_a_file() {
    assertThat(browser.get(base + "/analytics").body())
        .contains("There are no numbers in this period", "Analytics");
    day("project", "2026-02-02", 0, 7, 7200);
    day("inbox", "2026-02-02", 3, 7, 7200);
    String days = "from=2026-02-01&to=2026-02-03&step=day&by=";
    Browser reader = signedIn(rows.token("read", rows.project, "1 hour"));

    String page = reader.get(base + "/analytics?" + days).body();

    assertThat(page)
        .contains("role=\"img\"", ">Opened</th>", ">1,234</td>", ">2 h</td>", ">Churn risk</th>")
        .contains("/analytics/charts?from=2026-02-01&amp;to=2026-02-03", "Everything that changed")
        // No business hours are set.
        .doesNotContain("business hours");
    // To log out.
    assertThat(page.split("method=\"post\"", -1)).hasSize(2);
    HttpResponse<String> drawn = reader.get(base + "/analytics/charts?" + days);
    assertThat(drawn.headers().firstValue("Content-Type").orElse("")).contains("application/json");
    assertThat(drawn.body())
        .contains("\"periods\":[\"2026-02-01\",\"2026-02-02\",\"2026-02-03\"]")
        .contains("{\"name\":\"Opened\",\"values\":[0,7,0]}")
        .contains("{\"name\":\"Median\",\"values\":[null,7200.0,null]}");
    HttpResponse<String> file = reader.get(base + "/analytics/analytics.csv?" + days);
    assertThat(file.headers().firstValue("Content-Disposition").orElse("")).contains("attachment");
    assertThat(file.body().split("\r\n")).hasSize(4);
    assertThat(reader.get(base + "/analytics?" + days + "inbox").body())
        .contains(">Inbox (3)</th>", "Conversations opened", "First response, median");
    assertThat(reader.get(base + "/analytics?step=year").statusCode()).isEqualTo(400);
    assertThat(reader.get(base + "/analytics?from=2026-02-03&to=2026-02-01").body())
        .contains("must not be after");
    assertThat(reader.get("/assets/lib/uplot/dist/uPlot.iife.min.js").statusCode()).isEqualTo(200);
    assertThat(
            reader.get("/ui/projects/" + new Rows(jdbc).project + "/analytics/charts").statusCode())
        .isEqualTo(404);
  }

  @Test
  void administration_is_for_administrators_of_this_project() {
    Browser runner = signedIn(rows.token("run", rows.project, "1 hour"));
    assertThat(runner.get(base + "/overview").body()).doesNotContain(">Admin</a>");
    for (String path : List.of(base + "/admin", base + "/admin/tokens", "/ui/admin/projects")) {
      assertThat(runner.get(path).statusCode()).as(path).isEqualTo(403);
    }
    assertThat(runner.submit(base + "/admin/tokens", Map.of("name", "x")).statusCode())
        .isEqualTo(403);
    Rows others = new Rows(jdbc);
    for (String page : List.of("sources", "tokens", "audit")) {
      assertThat(browser.get(base + "/admin/" + page).statusCode()).as(page).isEqualTo(200);
      assertThat(browser.get("/ui/projects/" + others.project + "/admin/" + page).statusCode())
          .as(page)
          .isEqualTo(404);
    }
    browser.get("/ui/admin/projects");
    assertThat(browser.submit("/ui/admin/projects", Map.of("name", "mine")).statusCode())
        .isEqualTo(403);
    assertThat(browser.get("/ui/admin/projects").body())
        .contains(rows.project.toString())
        .doesNotContain(others.project.toString());
    assertThat(browser.get("/ui/admin/projects/" + others.project).statusCode()).isEqualTo(404);
    assertThat(browser.get("/ui/admin/tokens").body()).doesNotContain("Tokens of all projects");
  }

  @Test
  void a_source_is_bound_once_its_server_agrees_rotated_and_removed_and_no_page_shows_its_token() {
    try (var chatwoot = ChatwootSimulator.start()) {
      Map<String, String> form =
          Map.of(
              "url",
              chatwoot.baseUrl().toString(),
              "account",
              Long.toString(ChatwootSimulator.ACCOUNT_ID),
              "token",
              ChatwootSimulator.ADMIN_TOKEN,
              "secret",
              "a-secret-that-both-know");
      browser.get(base + "/admin/sources");
      var wrong = new HashMap<>(form);
      wrong.put("token", "not-a-token");
      assertThat(browser.submit(base + "/admin/sources", wrong).body())
          .contains("chatwoot_unauthorized", "Chatwoot refuses the token");
      wrong.put("account", "many");
      browser.get(base + "/admin/sources");
      assertThat(browser.submit(base + "/admin/sources", wrong).body()).contains("account_id");
      browser.get(base + "/admin/sources");

      String bound = browser.submit(base + "/admin/sources", form).body();

      assertThat(bound)
          .contains(
              "The account is bound", chatwoot.baseUrl().toString(), "its own, stored encrypted")
          .doesNotContain(ChatwootSimulator.ADMIN_TOKEN, "a-secret-that-both-know");
      UUID source =
          jdbc.sql("select id from project_sources where base_url = :url")
              .param("url", chatwoot.baseUrl().toString())
              .query(UUID.class)
              .single();
      String path = base + "/admin/sources/" + source;
      assertThat(browser.submit(path + "/token", Map.of("token", "not-a-token")).body())
          .contains("chatwoot_unauthorized");
      browser.get(base + "/admin/sources");
      assertThat(browser.submit(path + "/token", Map.of("token", " ")).statusCode()).isEqualTo(400);
      browser.get(base + "/admin/sources");
      assertThat(
              browser
                  .submit(path + "/token", Map.of("token", ChatwootSimulator.ADMIN_TOKEN))
                  .body())
          .contains("The new token is saved")
          .doesNotContain(ChatwootSimulator.ADMIN_TOKEN);
      assertThat(browser.submit(path + "/remove", Map.of("confirm", "yes")).body())
          .contains("nothing was changed");
      browser.get(base + "/admin/sources");
      assertThat(browser.submit(path + "/remove", Map.of("confirm", name(rows.project))).body())
          .contains("The source is removed", "is being erased");
    }
    assertThat(actions()).containsExactly("source.create", "source.change", "source.erase");
  }

  @Test
  void a_token_is_shown_once_and_works_until_it_is_revoked() {
    browser.get(base + "/admin/tokens");
    assertThat(
            browser
                .submit(base + "/admin/tokens", Map.of("name", "x", "scope", "root", "days", "30"))
                .statusCode())
        .isEqualTo(400);
    browser.get(base + "/admin/tokens");
    String made =
        browser
            .submit(
                base + "/admin/tokens",
                Map.of("name", "<b>wall</b> screen", "scope", "read", "days", "30"))
            .body();
    var shown = NEW_TOKEN.matcher(made);
    assertThat(shown.find()).isTrue();
    String token = shown.group(1);
    assertThat(made).contains("&lt;b&gt;wall&lt;/b&gt; screen").doesNotContain("<b>wall");
    assertThat(browser.get(base + "/admin/tokens").body())
        .contains("&lt;b&gt;wall", token.substring(0, 9))
        .doesNotContain(token);
    Caller holder = Caller.anonymous(port).token(token);
    assertThat(holder.get("/jobs/status").status()).isEqualTo(200);
    assertThat(holder.get("/tokens").status()).isEqualTo(403);
    UUID id =
        jdbc.sql("select id from api_tokens where project_id = :project and prefix = :prefix")
            .param("project", rows.project)
            .param("prefix", token.substring(0, 9))
            .query(UUID.class)
            .single();
    Browser others = signedIn(rows.token("admin", new Rows(jdbc).project, "1 hour"));
    others.get("/ui/admin/tokens");
    assertThat(others.submit("/ui/admin/tokens/" + id + "/revoke", Map.of()).statusCode())
        .isEqualTo(404);

    assertThat(browser.submit(base + "/admin/tokens/" + id + "/revoke", Map.of()).body())
        .contains("The token is revoked");

    assertThat(holder.get("/jobs/status").status()).isEqualTo(401);
    assertThat(actions()).containsExactly("token.create", "token.revoke");
  }

  @Test
  void a_project_is_made_archived_and_deleted_by_who_types_its_name() {
    Browser all = signedIn(GatewayServers.ADMIN_TOKEN);
    String wanted = "made here " + UUID.randomUUID();
    all.get("/ui/admin/projects");
    String created = all.submit("/ui/admin/projects", Map.of("name", wanted)).uri().getPath();
    assertThat(created).matches("/ui/projects/[0-9a-f-]{36}/admin/sources");
    String one = "/ui/admin/projects/" + created.split("/")[3];
    assertThat(all.get(one).body()).contains(wanted, "Archive it").doesNotContain("Delete it");
    assertThat(all.submit(one + "/archive", Map.of("confirm", "made here")).body())
        .contains("nothing was changed");
    all.get(one);
    assertThat(all.submit(one + "/delete", Map.of("confirm", wanted)).body())
        .contains("project_not_archived");
    all.get(one);

    assertThat(all.submit(one + "/archive", Map.of("confirm", wanted)).body())
        .contains("archived", "Restore it", "Delete it");

    assertThat(all.get(created).statusCode()).isEqualTo(404);
    assertThat(all.get("/ui/admin/projects").body()).contains("Archived", wanted);
    all.get(one);
    assertThat(all.submit(one + "/delete", Map.of("confirm", "no")).statusCode()).isEqualTo(400);
    all.get(one);
    HttpResponse<String> deletion = all.submit(one + "/delete", Map.of("confirm", wanted));
    assertThat(deletion.uri().getPath()).isEqualTo(one + "/deletion");
    assertThat(deletion.body()).contains("counted rows are gone", "every 3s", "<progress");

    while (deletions.advance(1000) != Progress.NOTHING) {}

    assertThat(all.part(one + "/deletion").body())
        .contains("The project is gone", "scheduled_jobs")
        .doesNotContain("every 3s", "<html");
    assertThat(browser.get(one + "/deletion").statusCode()).isEqualTo(404);
    assertThat(all.get("/ui/admin/audit?action=project.delete").body()).contains(one + "/deletion");
  }

  @Test
  void dead_letters_are_shown_by_their_ids_tried_out_and_sent_again() {
    await().atMost(Duration.ofSeconds(30)).until(connection::isUp);
    UUID run = UUID.randomUUID();
    String letter = Letters.put(0, Letters.event(rows.project, run), 0);
    Rows others = new Rows(jdbc);
    String foreign = Letters.put(0, Letters.event(others.project, UUID.randomUUID()), 0);
    Letters.put(1, "secret words of a customer".getBytes(UTF_8), 0);
    String path = base + "/admin/dead-letters";

    String page = browser.get(path + "?topic=job.requested&hours=1").body();

    assertThat(page)
        .contains(letter, base + "/runs/" + run, "it failed again and again", "Send it again now")
        .doesNotContain(foreign, "secret words", "Letters in each topic");
    assertThat(browser.submit(path + "/replay", Map.of("hours", "1", "dry", "true")).body())
        .contains("1 letter would be sent again");
    assertThat(browser.submit(path + "/replay", Map.of("hours", "1")).body())
        .contains("1 letter was sent again", "once");
    assertThat(Letters.sentAgain(run.toString())).hasSize(1);
    assertThat(browser.submit(path + "/replay", Map.of("id", foreign)).body())
        .contains("0 letters were sent again", "It lies here no more");
    assertThat(actions()).containsExactly("dead_letters.replay");
    assertThat(browser.get(path + "?topic=no.topic").statusCode()).isEqualTo(400);
    assertThat(browser.get("/ui/projects/" + others.project + "/admin/dead-letters").statusCode())
        .isEqualTo(404);
    assertThat(signedIn(GatewayServers.ADMIN_TOKEN).get("/ui/admin/dead-letters").body())
        .contains("Letters in each topic", Letters.GROUP)
        .doesNotContain("secret words");
    Browser runner = signedIn(rows.token("run", rows.project, "1 hour"));
    assertThat(runner.get(path).statusCode()).isEqualTo(403);
    assertThat(runner.submit(path + "/replay", Map.of()).statusCode()).isEqualTo(403);
  }

  @Test
  void the_audit_log_goes_back_page_by_page_and_looks_at_a_bounded_number_of_entries() {
    jdbc.sql(
            """
            insert into audit_log (project_id, token_name, action, object, before, after)
            select :project, case when n = 1 then 'somebody' else 'else' end, 'schedule.change', 'chatwoot_sync',
              '{"status":"active","cadence":900}', '{"status":"<i>paused</i>","cadence":900}'
            from generate_series(1, 2100) n
            """)
        .param("project", rows.project)
        .update();
    String first = browser.get(base + "/admin/audit?action=schedule.").body();
    assertThat(first.split("<tr", -1)).hasSize(52);
    assertThat(first)
        .contains("<del>active</del>", "&lt;i&gt;paused&lt;/i&gt;")
        .doesNotContain("cadence", "<i>paused");
    assertThat(browser.get(older(first)).body().split("<tr", -1)).hasSize(52);

    String rare = browser.get(base + "/admin/audit?by=somebody").body();

    assertThat(rare).contains("2,000 entries that were looked at").doesNotContain("<tbody>");
    assertThat(browser.get(older(rare)).body()).contains("somebody", "The newest");
    Rows others = new Rows(jdbc);
    Browser stranger = signedIn(others.token("admin", others.project, "1 hour"));
    assertThat(stranger.get("/ui/admin/audit").body())
        .contains("Nothing was changed yet")
        .doesNotContain("schedule.change");
  }

  private static String older(String page) {
    var link = OLDER.matcher(page);
    assertThat(link.find()).isTrue();
    return link.group(1).replace("&amp;", "&");
  }
}
