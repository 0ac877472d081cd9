package dev.threadmill.e2e.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.e2e.Api;

/** What a support lead does on the pages of signals, customers and campaigns. */
final class InsightSteps {
  private static final String FIRST_MESSAGE = ".pile article";

  private final Visitor visitor;
  private final Api api;
  private final String project;

  InsightSteps(Visitor visitor, Api api, String project) {
    this.visitor = visitor;
    this.api = api;
    this.project = project;
  }

  private void open(String page) {
    visitor.open("/ui/projects/" + project + page);
  }

  private void run(String job) {
    var finished = api.finished(api.post("/jobs/scheduler/" + job + "/run").body());
    assertThat(finished.path("status").asString()).as(finished.toString()).isEqualTo("ok");
  }

  /** A customer says something that there is a rule for, and the jobs have seen it. */
  void someone_is_angry() {
    api.customerWrites("This is a scam. I want my money back, and I will cancel my account.");
    assertThat(api.syncToTheEnd().path("status").asString()).isEqualTo("ok");
    run("signals_extraction");
    run("health_scoring");
  }

  /** The card changes where it is; the page is not loaded again. */
  void decide_on_a_signal() {
    open("/signals");
    visitor.inspect("signals");
    visitor.script("window.samePage = true");
    String card = "#" + visitor.see("#part-accepted article").getAttribute("id");
    visitor.click(card + " [id^=dismiss]");
    badge(card, "dismissed");
    visitor.click(card + " [id^=reopen]");
    badge(card, "proposed");

    visitor.click(card + " [id^=accept]");

    badge(card, "accepted");
    assertThat(visitor.text(card)).contains("decided by");
    assertThat(visitor.script("return window.samePage")).isEqualTo(true);
    visitor.click(card + " h3 a");
    visitor.waiting().until(() -> visitor.text("h1").equals("Signal"));
    visitor.inspect("signal");
    visitor.click(".quotes a");
    visitor.waiting().until(() -> visitor.text("h1").startsWith("Conversation"));
    assertThat(visitor.all(".message.is-found")).hasSize(1);
  }

  private void badge(String card, String text) {
    visitor.waiting().until(() -> visitor.text(card + " .badge").equals(text));
  }

  void ask_why_a_customer_is_as_it_is() {
    open("/customers");
    visitor.inspect("customers");
    visitor.click("tbody a");
    visitor.waiting().until(() -> visitor.text("main").contains("Why"));
    assertThat(visitor.text("main")).contains("Risk", "weight");
    visitor.inspect("customer");

    visitor.type("#score-said", "90");
    visitor.type("#reason", "We talked");
    visitor.click("#override");
    visitor.waiting().until(() -> visitor.text("main").contains("A person says so: We talked"));
    assertThat(visitor.number("[data-number=score]")).isEqualTo(90);
    visitor.click("#release");
    visitor.waiting().until(() -> !visitor.text("main").contains("We talked"));
  }

  void approve_a_campaign_and_one_of_its_messages() {
    open("/campaigns");
    visitor.inspect("campaigns");
    visitor.click("#new-campaign");
    visitor.waiting().until(() -> visitor.text("h1").equals("A new campaign"));
    visitor.type("#name", "How was it?");
    visitor.type("#text-1", "Hi {{contact.first_name|there}}, did we help you?");
    visitor.click("#count");
    visitor.waiting().until(() -> visitor.number("[data-number=reachable]") > 0);
    visitor.inspect("campaign-new");
    visitor.click("#create");
    visitor.waiting().until(() -> visitor.text("h1").startsWith("How was it?"));
    String campaign = visitor.path();
    visitor.waiting().until(() -> visitor.number("[data-number=reachable]") > 0);
    visitor.click("#approve");
    // Or running already: the schedule may be due at this moment.
    visitor.waiting().until(() -> !visitor.text("h1 .badge").equals("draft"));
    run("campaign_scheduler");
    visitor.open(campaign);
    assertThat(visitor.text("#sending")).contains("Sending is off");
    visitor.inspect("campaign");

    open("/campaigns/messages");
    visitor.inspect("campaign-messages");
    visitor.script("window.samePage = true");
    String card = "#" + visitor.see(FIRST_MESSAGE).getAttribute("id");
    visitor.click(card + " [id^=approve]");

    badge(card, "ready");
    assertThat(visitor.script("return window.samePage")).isEqualTo(true);
    open("/campaigns/opt-outs");
    visitor.inspect("opt-outs");
  }
}
