package dev.threadmill.e2e.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.e2e.Api;
import dev.threadmill.localstack.LocalStack;
import dev.threadmill.localstack.RunningStack;
import dev.threadmill.localstack.StackOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The dashboard as people use it: in a browser, on the whole stack. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardBrowserIT {
  @TempDir static Path directory;
  @TempDir static Path profile;

  private static RunningStack stack;
  private static Api api;
  private static Visitor visitor;

  @BeforeAll
  static void start() {
    BrowserPrograms programs = BrowserPrograms.provide();
    stack = LocalStack.start(StackOptions.forTest(directory), System.out::println);
    api = new Api(stack);
    visitor = Visitor.start(programs, stack.url(), profile);
  }

  @AfterAll
  static void stop() {
    if (visitor != null) {
      visitor.close();
    }
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  @Order(1)
  void a_wrong_token_is_told_so() {
    visitor.open("/");
    visitor.inspect("login");

    signIn("wrong");

    visitor.waiting().until(() -> visitor.text("#problem").contains("not known here"));
    // Chromium notes each answer 401.
    assertThat(visitor.complaints()).allMatch(line -> line.contains("401"));
  }

  @Test
  @Order(2)
  void a_right_one_opens_the_overview_which_is_live() {
    signIn(stack.apiToken());

    visitor.waiting().until(() -> visitor.text("h1").equals("Overview"));
    visitor.waiting().until(() -> visitor.text("#connection").equals("Live"));
    assertThat(visitor.complaints()).isEmpty();
  }

  @Test
  @Order(3)
  void a_run_is_watched_to_its_end_and_the_picture_moves_without_loading_the_page_again() {
    visitor.click("#sync-now");
    visitor.waiting().until(() -> visitor.text("h1").startsWith("Chatwoot sync"));
    visitor.script("window.samePage = true");
    visitor.waiting().until(() -> visitor.text("h1 .badge").equals("ok"));
    assertThat(visitor.script("return window.samePage")).isEqualTo(true);
    visitor.inspect("run");

    visitor.clickText("a", "Overview");
    visitor.waiting().until(() -> visitor.text("h1").equals("Overview"));
    visitor.script("window.samePage = true");
    visitor.waiting().until(() -> visitor.text("#connection").equals("Live"));
    long before = visitor.number("[data-number=synced]");
    double embedded = bar();
    api.customerWrites(
        "My parcel arrived with a broken lamp inside and I would like my money back.");
    assertThat(api.syncToTheEnd().path("status").asString()).isEqualTo("ok");

    visitor.waiting().until(() -> visitor.number("[data-number=synced]") > before);
    visitor.waiting().until(() -> bar() > embedded);
    assertThat(visitor.script("return window.samePage")).isEqualTo(true);
    visitor.inspect("overview");
  }

  private static double bar() {
    return ((Number) visitor.script("return document.getElementById('embedded').value"))
        .doubleValue();
  }

  @Test
  @Order(4)
  void the_run_log_is_filtered() {
    visitor.clickText("a", "Runs");
    visitor.waiting().until(() -> visitor.text("h1").equals("Runs"));
    assertThat(visitor.all("tbody tr")).hasSizeGreaterThan(1);
    visitor.inspect("runs");
    visitor.choose("#status", "cancelled");
    visitor.clickText("button", "Show");

    visitor.waiting().until(() -> visitor.text("main").contains("No run passes these filters"));
  }

  @Test
  @Order(5)
  void a_search_finds_and_a_hit_opens_its_conversation() {
    visitor.clickText("a", "Search");
    visitor.waiting().until(() -> visitor.text("h1").equals("Search"));
    visitor.inspect("search-empty");
    visitor.type("#q", "the parcel arrived damaged and I want a refund");
    visitor.clickText("button", "Search");
    visitor.waiting().until(() -> visitor.all(".hits > li").size() > 3);
    assertThat(visitor.all("mark")).isNotEmpty();
    assertThat(visitor.see(".hits a[target=_blank]").getAttribute("href"))
        .startsWith(stack.simulatorUrl() + "/app/accounts/1/conversations/");
    visitor.inspect("search");

    visitor.click(".hits a.open");

    visitor.waiting().until(() -> visitor.text("h1").startsWith("Conversation"));
    assertThat(visitor.all(".message.is-found")).hasSize(1);
    visitor.inspect("conversation");
  }

  @Test
  @Order(6)
  void a_hostile_message_is_shown_as_text() {
    visitor.clickText("a", "Search");
    visitor.waiting().until(() -> visitor.text("h1").equals("Search"));
    visitor.type("#q", "alert onerror just checking a few more");
    visitor.clickText("button", "Search");
    visitor.waiting().until(() -> visitor.text(".hits").contains("<img src=x onerror=alert(2)>"));
    assertHarmless();
    String conversation =
        visitor
            .element("//li[contains(., 'onerror=alert(2)')]//a[contains(@class, 'open')]")
            .getAttribute("href");
    visitor.open(conversation.substring(stack.url().length()));

    assertThat(visitor.text(".messages"))
        .contains(
            "<script>alert(1)</script>", "[click](javascript:alert(3))", "{{7*7}}", "&lt;b&gt;");
    assertHarmless();
    visitor.inspect("hostile");
  }

  private static void assertHarmless() {
    assertThat(visitor.all("main script, main img, main style, main a[href^=javascript]"))
        .isEmpty();
    assertThat(visitor.see("h1").isDisplayed()).isTrue();
    assertThat(visitor.complaints()).isEmpty();
  }

  @Test
  @Order(7)
  void a_schedule_is_paused_resumed_and_asked_why_not() {
    visitor.clickText("a", "Scheduler");
    visitor.waiting().until(() -> visitor.text("h1").equals("Scheduler"));
    visitor.script("window.samePage = true");
    visitor.click("#switch-analytics_aggregates");
    visitor
        .waiting()
        .until(() -> visitor.text("#schedule-analytics_aggregates h2 .badge").equals("paused"));
    visitor.inspect("scheduler");
    visitor.click("#switch-analytics_aggregates");
    visitor
        .waiting()
        .until(() -> visitor.text("#schedule-analytics_aggregates h2 .badge").equals("active"));
    assertThat(visitor.script("return window.samePage")).isEqualTo(true);

    visitor.click("#why-analytics_aggregates");

    visitor.waiting().until(() -> visitor.text("main").contains("Its next times"));
    assertThat(visitor.text("main")).contains("What its last due times became");
    visitor.type("#minutes", "45");
    visitor.clickText("button", "Change");
    visitor.waiting().until(() -> visitor.text("main").contains("every 45 min"));
    visitor.inspect("schedule");
  }

  @Test
  @Order(8)
  void the_keyboard_reaches_the_content_at_once() {
    visitor.open("/");
    visitor.press(Keys.TAB);
    assertThat(visitor.focused()).isEqualTo("Skip to the content");
    visitor.press(Keys.ENTER);
    visitor.press(Keys.TAB);

    assertThat(visitor.focused()).isEqualTo("Sync now");
  }

  @Test
  @Order(9)
  void a_page_that_is_not_there_says_so() {
    visitor.open("/ui/projects/" + stack.projectId() + "/runs/" + UUID.randomUUID());

    assertThat(visitor.text("h1")).isEqualTo("Not found");
    assertThat(visitor.text("main")).contains("no such run", "request");
    // Chromium notes each answer 404.
    assertThat(visitor.complaints()).allMatch(line -> line.contains("404"));
    visitor.inspect("problem");
  }

  /** The session outlives the gateway: it is in the database, where all gateways find it. */
  @Test
  @Order(10)
  void a_stream_that_is_cut_says_so_and_comes_back() {
    visitor.open("/");
    visitor.waiting().until(() -> visitor.text("#connection").equals("Live"));
    stack.kill("api-gateway");
    visitor.waiting().until(() -> visitor.text("#connection").startsWith("Connection lost"));

    stack.start("api-gateway");

    visitor.waiting().until(() -> visitor.text("#connection").equals("Live"));
    // Chromium notes what it could not load meanwhile.
    assertThat(visitor.complaints())
        .allMatch(line -> line.contains("net::ERR") || line.contains("htmx:sendError"));
  }

  @Test
  @Order(11)
  void a_token_that_reads_sees_no_buttons() {
    String token =
        api.post(
                "/tokens",
                Map.of("name", "reader", "scope", "read", "project_id", stack.projectId()))
            .body()
            .path("token")
            .asString();
    logOut();
    signIn(token);
    visitor.waiting().until(() -> visitor.text("h1").equals("Overview"));

    for (String page :
        List.of("overview", "runs", "scheduler", "scheduler/chatwoot_sync", "search")) {
      visitor.open("/ui/projects/" + stack.projectId() + "/" + page);
      assertThat(visitor.all("main form[method=post]")).as(page).isEmpty();
    }
    visitor.open("/ui/projects/" + stack.projectId() + "/scheduler");
    visitor.inspect("scheduler-read-only");
  }

  @Test
  @Order(20)
  void a_signal_is_accepted_and_a_customer_explained() {
    logOut();
    signIn(stack.apiToken());
    visitor.waiting().until(() -> visitor.text("h1").equals("Overview"));
    InsightSteps lead = new InsightSteps(visitor, api, stack.projectId());

    lead.someone_is_angry();

    lead.decide_on_a_signal();
    lead.ask_why_a_customer_is_as_it_is();
  }

  @Test
  @Order(21)
  void a_campaign_and_one_of_its_messages_are_approved() {
    new InsightSteps(visitor, api, stack.projectId()).approve_a_campaign_and_one_of_its_messages();
  }

  @Test
  @Order(60)
  void the_daily_numbers_are_drawn_and_given_as_a_file() {
    asAdministrator();
    assertThat(
            api.finished(api.post("/jobs/scheduler/analytics_aggregates/run").body())
                .path("status")
                .asString())
        .isEqualTo("ok");
    visitor.clickText("a", "Analytics");
    visitor.waiting().until(() -> visitor.text("h1").equals("Analytics"));
    visitor.clickText("a", "A year");
    visitor.waiting().until(() -> visitor.path().contains("from="));
    visitor.see("#charts[data-drawn=true] canvas");
    assertThat(visitor.all("#charts canvas")).hasSizeGreaterThan(2);
    visitor.click("#chart-conversations summary");
    assertThat(visitor.all("#chart-conversations tbody tr")).hasSizeGreaterThan(300);
    visitor.click("#chart-conversations summary");
    visitor.inspect("analytics");
    visitor.choose("#by", "inbox");
    visitor.choose("#step", "week");
    visitor.clickText("button", "Show");
    visitor.waiting().until(() -> visitor.text("main").contains("Conversations opened"));
    visitor.see("#charts[data-drawn=true] canvas");
    visitor.inspect("analytics-inboxes");

    assertThat(
            visitor.script(
                "const get = new XMLHttpRequest(); get.open('GET', document.getElementById('csv').href, false);"
                    + " get.send(); return get.responseText"))
        .asString()
        .startsWith("period,inbox_id");
  }

  @Test
  @Order(61)
  void an_account_is_refused_by_name_and_a_token_is_shown_once() {
    visitor.clickText("a", "Admin");
    visitor.waiting().until(() -> visitor.text("h1").equals("Sources"));
    visitor.inspect("admin-sources");
    visitor.type("#url", stack.simulatorUrl());
    visitor.type("#account", "77");
    visitor.type("#token", "not-a-token");
    visitor.click("#bind-it");
    visitor.waiting().until(() -> visitor.text("#notice").contains("chatwoot_unauthorized"));
    assertThat(visitor.see("#url").getAttribute("value")).isEqualTo(stack.simulatorUrl());
    // Chromium notes each answer 422, and htmx says so, too.
    assertThat(visitor.complaints()).allMatch(line -> line.contains("422"));

    visitor.clickText("a", "Tokens");
    visitor.waiting().until(() -> visitor.text("h1").equals("Tokens"));
    visitor.type("#name", "wall screen");
    visitor.click("#create-it");
    visitor.waiting().until(() -> visitor.text("#live").contains("wall screen” is made"));
    String token = visitor.text("#new-token");
    assertThat(token).startsWith("tm_");
    visitor.inspect("admin-tokens");
    visitor.open(visitor.path());
    assertThat(visitor.text("main")).contains("wall screen").doesNotContain(token);
    visitor.clickText("a", "Audit log");
    visitor.waiting().until(() -> visitor.text("main").contains("token.create"));
    visitor.inspect("admin-audit");
    visitor.clickText("a", "Dead letters");
    visitor.waiting().until(() -> visitor.text("h1").equals("Dead letters"));
    visitor.inspect("admin-dead-letters");
  }

  @Test
  @Order(62)
  void a_project_is_made_archived_and_deleted_and_leaves_a_receipt() {
    visitor.clickText("a", "All projects");
    visitor.type("#name", "short-lived");
    visitor.click("#create-it");
    visitor.waiting().until(() -> visitor.text("h1").equals("Sources"));
    assertThat(visitor.text(".empty")).contains("No Chatwoot account is bound");
    visitor.open("/ui/admin/projects");
    visitor.inspect("admin-projects");
    visitor.click("a[aria-label='Manage short-lived']");
    visitor.type("#confirm", "short-lived");
    visitor.inspect("admin-project");
    visitor.click("#archive-it");
    visitor.see("#delete-it");
    visitor.type("#confirm", "short-lived");
    visitor.click("#delete-it");
    visitor.waiting().until(() -> visitor.text("h1").equals("Deletion of short-lived"));

    visitor.waiting().until(() -> visitor.text("main").contains("The project is gone"));

    visitor.inspect("admin-deletion");
    visitor.open("/");
  }

  private static void asAdministrator() {
    logOut();
    signIn(stack.apiToken());
    visitor.waiting().until(() -> visitor.text("h1").equals("Overview"));
  }

  @Test
  @Order(99)
  void who_logs_out_is_out() {
    logOut();

    visitor.waiting().until(() -> visitor.text("main").contains("signed out"));
    visitor.open("/");
    assertThat(visitor.path()).startsWith("/ui/login");
  }

  private static void logOut() {
    visitor.open("/");
    visitor.clickText("button", "Log out");
    visitor.see("#token");
  }

  private static void signIn(String token) {
    visitor.type("#token", token);
    visitor.click("form.card button");
  }
}
