package dev.threadmill.gateway.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.GatewayServers;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.gateway.security.TokenHash;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who gets into the dashboard, and what they can do there. */
@GatewayTest
class DashboardIT {
  private static final String SESSION = "threadmill_session";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Browser browser;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    browser = new Browser(port);
  }

  private String page(Rows of, String path) {
    return "/ui/projects/" + of.project + path;
  }

  @Test
  void a_token_becomes_a_session_and_nothing_holds_the_token() {
    String token = rows.token("run", rows.project, "1 hour");

    HttpResponse<String> page = browser.signIn(token);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.uri().getPath()).isEqualTo(page(rows, "/overview"));
    assertThat(page.body()).contains("Overview", "Sync now").doesNotContain(token);
    var cookie = browser.cookie(SESSION);
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getValue()).hasSize(43).doesNotContain(token);
    assertThat(
            jdbc.sql("select count(*) from dashboard_sessions where id_hash = :hash")
                .param("hash", TokenHash.of(cookie.getValue()))
                .query(Long.class)
                .single())
        .isEqualTo(1);
    // A session opens the pages, and never the API.
    assertThat(
            Caller.anonymous(port)
                .with("Cookie", SESSION + "=" + cookie.getValue())
                .get("/jobs/status")
                .status())
        .isEqualTo(401);
  }

  @Test
  void the_cookie_is_for_this_site_alone_and_pages_run_no_foreign_script() {
    browser.get("/ui/login");
    var first = Caller.anonymous(port).get("/ui/login").response();
    assertThat(first.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'")
        .doesNotContain("unsafe");
    assertThat(first.headers().firstValue("Set-Cookie").orElse(""))
        .contains("HttpOnly", "SameSite=Strict");
    assertThat(first.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
  }

  @Test
  void a_wrong_token_is_told_so_and_gets_nothing() {
    HttpResponse<String> answer = browser.signIn("wrong");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("not known here").contains("API token");
    assertThat(browser.cookie(SESSION)).isNull();
    assertThat(browser.get("/").uri().getPath()).isEqualTo("/ui/login");
  }

  @Test
  void who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page_they_wanted() {
    HttpResponse<String> asked = browser.get(page(rows, "/overview"));
    assertThat(asked.uri().getPath()).isEqualTo("/ui/login");
    String token = rows.token("read", rows.project, "1 hour");

    HttpResponse<String> there =
        browser.submit("/ui/login", Map.of("token", token, "next", page(rows, "/overview")));

    assertThat(there.uri().getPath()).isEqualTo(page(rows, "/overview"));
    Browser tricked = new Browser(port);
    tricked.get("/ui/login");
    assertThat(
            tricked
                .submit("/ui/login", Map.of("token", token, "next", "//elsewhere.example.com"))
                .uri()
                .getHost())
        .isEqualTo("127.0.0.1");
    assertThat(new Browser(port).part(page(rows, "/overview")).headers().firstValue("HX-Redirect"))
        .contains("/ui/login");
  }

  @Test
  void a_form_without_its_proof_changes_nothing() {
    browser.signIn(rows.token("admin", rows.project, "1 hour"));

    HttpResponse<String> answer = browser.post(page(rows, "/jobs/chatwoot_sync/start"), Map.of());

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("nothing was changed", "request");
    assertThat(runs(rows)).isZero();
    Browser stranger = new Browser(port);
    assertThat(stranger.post("/ui/login", Map.of("token", GatewayServers.ADMIN_TOKEN)).statusCode())
        .isEqualTo(403);
  }

  @Test
  void forms_of_an_open_page_stay_good_while_others_are_loaded() {
    browser.signIn(rows.token("run", rows.project, "1 hour"));
    String proof = browser.cookie("threadmill_form").getValue();

    browser.part(page(rows, "/overview"));
    browser.part(page(rows, "/runs"));

    assertThat(browser.cookie("threadmill_form").getValue()).isEqualTo(proof);
    assertThat(browser.submit(page(rows, "/jobs/chatwoot_sync/start"), Map.of()).statusCode())
        .isEqualTo(200);
    browser.submit("/ui/logout", Map.of());
    assertThat(browser.cookie("threadmill_form").getValue()).isNotEqualTo(proof);
  }

  @Test
  void what_is_started_here_is_in_the_audit_log_under_the_tokens_name() {
    browser.signIn(rows.token("run", rows.project, "1 hour"));

    HttpResponse<String> answer = browser.submit(page(rows, "/jobs/chatwoot_sync/start"), Map.of());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(runs(rows)).isEqualTo(1);
    assertThat(
            jdbc.sql(
                    "select token_name from audit_log where project_id = :project and action = 'run.start'")
                .param("project", rows.project)
                .query(String.class)
                .list())
        .containsExactly("a test");
  }

  @Test
  void a_token_that_reads_sees_no_buttons_and_its_forms_are_refused() {
    HttpResponse<String> page = browser.signIn(rows.token("read", rows.project, "1 hour"));
    assertThat(page.body()).doesNotContain("Sync now").contains("Log out");

    HttpResponse<String> answer = browser.submit(page(rows, "/jobs/chatwoot_sync/start"), Map.of());

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("does not allow this");
    assertThat(runs(rows)).isZero();
  }

  @Test
  void another_projects_pages_are_not_there() {
    Rows others = new Rows(jdbc);
    browser.signIn(rows.token("admin", rows.project, "1 hour"));

    for (String path :
        new String[] {
          page(others, "/overview"),
          page(others, "/events"),
          page(others, "/runs"),
          page(others, "/scheduler/chatwoot_sync"),
          page(others, "/search?q=parcel"),
          page(rows, "/runs/" + UUID.randomUUID()),
          page(rows, "/nothing"),
          "/ui/projects/" + UUID.randomUUID() + "/overview",
          "/ui/projects/no-uuid/overview"
        }) {
      HttpResponse<String> answer = browser.get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).as(path).contains("Not found", "<html");
    }
    assertThat(browser.submit(page(others, "/jobs/chatwoot_sync/start"), Map.of()).statusCode())
        .isEqualTo(404);
    assertThat(runs(others)).isZero();
    assertThat(browser.get("/ui/projects").body())
        .contains(rows.project.toString())
        .doesNotContain(others.project.toString());
  }

  @Test
  void a_token_for_all_projects_chooses_one() {
    assertThat(browser.signIn(GatewayServers.ADMIN_TOKEN).body()).contains("Choose a project");
    assertThat(browser.get(page(rows, "/overview")).statusCode()).isEqualTo(200);
  }

  @Test
  void a_session_ends_with_its_token_with_time_and_when_somebody_logs_out() {
    String token = rows.token("read", rows.project, "1 hour");
    browser.signIn(token);
    Browser idle = new Browser(port);
    idle.signIn(token);
    age(idle, "seen_at = now() - interval '9 hours'");
    assertThat(idle.get("/").uri().getPath()).isEqualTo("/ui/login");
    Browser old = new Browser(port);
    old.signIn(token);
    age(old, "expires_at = now()");
    assertThat(old.get("/").uri().getPath()).isEqualTo("/ui/login");
    Browser leaving = new Browser(port);
    leaving.signIn(token);
    String cookie = leaving.cookie(SESSION).getValue();

    assertThat(leaving.submit("/ui/logout", Map.of()).body()).contains("signed out");

    assertThat(leaving.cookie(SESSION)).isNull();
    assertThat(
            Caller.anonymous(port)
                .with("Cookie", SESSION + "=" + cookie)
                .get("/ui/projects")
                .status())
        .isEqualTo(302);
    assertThat(browser.get("/").statusCode()).isEqualTo(200);
    jdbc.sql("update api_tokens set revoked_at = now() where token_hash = :hash")
        .param("hash", TokenHash.of(token))
        .update();
    assertThat(browser.get("/").uri().getPath()).isEqualTo("/ui/login");
  }

  private void age(Browser of, String change) {
    jdbc.sql("update dashboard_sessions set " + change + " where id_hash = :hash")
        .param("hash", TokenHash.of(of.cookie(SESSION).getValue()))
        .update();
  }

  @Test
  void scripts_and_styles_come_from_the_jar_and_are_asked_about_by_their_content() {
    for (String path :
        new String[] {
          "/assets/dashboard.css", "/assets/dashboard.js", "/assets/lib/htmx.org/dist/htmx.min.js"
        }) {
      HttpResponse<String> file = browser.get(path);
      assertThat(file.statusCode()).as(path).isEqualTo(200);
      String tag = file.headers().firstValue("ETag").orElse("");
      assertThat(tag).as(path).isNotBlank();
      assertThat(Caller.anonymous(port).with("If-None-Match", tag).get(path).status())
          .as(path)
          .isEqualTo(304);
    }
  }

  private long runs(Rows of) {
    return jdbc.sql("select count(*) from job_runs where project_id = :project")
        .param("project", of.project)
        .query(Long.class)
        .single();
  }
}
