package dev.threadmill.gateway.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.net.http.HttpResponse;
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

/** Signals, customers and campaigns as pages. */
@GatewayTest
class InsightPagesIT {
  private static final Pattern SEEN = Pattern.compile("name=\"seen\" value=\"([^\"]+)\"");
  private static final Pattern NEXT =
      Pattern.compile("href=\"([^\"]+cursor=[^\"]+)\"[^>]*>(?:Older|Next|Later) ones");
  private static final String HOSTILE = "<img src=x onerror=alert(1)> my money back";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Browser browser;
  private String base;
  private long conversation;
  private long message;

  @BeforeEach
  void an_administrator_and_a_customer_who_wrote() {
    rows = new Rows(jdbc);
    base = "/ui/projects/" + rows.project;
    browser = new Browser(port);
    browser.signIn(rows.token("admin", rows.project, "1 hour"));
    conversation = rows.conversation("open");
    rows.contactOf(conversation, 77);
    message = rows.message(conversation, "incoming", false, "0");
  }

  private String id(String kind, long number) {
    return kind + ":" + rows.project + ":" + rows.account() + ":" + number;
  }

  private UUID signal(String type, String status, int severity, String seen) {
    UUID id =
        jdbc.sql(
                """
                insert into signals (project_id, conversation_global_id, contact_global_id, type, status, severity,
                  confidence, basis, first_seen_at, last_seen_at, occurrences)
                values (:project, :conversation, :contact, :type, :status, :severity, 0.5, '{}', now() + :seen::interval,
                  now() + :seen::interval, 1)
                returning id
                """)
            .param("project", rows.project)
            .param("conversation", id("cw", conversation))
            .param("contact", id("cwc", 77))
            .param("type", type)
            .param("status", status)
            .param("severity", severity)
            .param("seen", seen)
            .query(UUID.class)
            .single();
    jdbc.sql(
            """
            insert into signal_evidence (signal_id, project_id, conversation_global_id, message_global_id, quote, found_by,
              confidence, said_at)
            values (:signal, :project, :conversation, :message, :quote, 'en.refund.want', 0.5, now())
            """)
        .param("signal", id)
        .param("project", rows.project)
        .param("conversation", id("cw", conversation))
        .param("message", id("cwmsg", message))
        .param("quote", HOSTILE)
        .update();
    return id;
  }

  private void scored(long contact, int score) {
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, data)
            values (:id, :p, :s, :account, :number, '<b>Ada</b>', '{}')
            on conflict (global_id) do update set name = excluded.name
            """)
        .param("id", id("cwc", contact))
        .param("p", rows.project)
        .param("s", rows.source)
        .param("account", rows.account())
        .param("number", contact)
        .update();
    jdbc.sql(
            """
            insert into health_scores (contact_global_id, project_id, score, active, formula, settings_no, factors,
              calculated_at)
            values (:id, :p, :score, true, 1, 0, :factors::jsonb, now())
            """)
        .param("id", id("cwc", contact))
        .param("p", rows.project)
        .param("score", score)
        .param(
            "factors",
            """
            [{"name": "unanswered", "weight": 25, "share": 0.5, "value": 10.5, "unit": "hours", "risk": 0.6, "points": 30.0,
              "explanation": "A message has waited 10.5 hours for an answer.", "evidence": ["%s"]}]
            """
                .formatted(id("cwmsg", message)))
        .update();
  }

  /** A campaign with one message that waits; answers the campaign and the message. */
  private UUID[] campaign(String state) {
    UUID campaign =
        jdbc.sql(
                """
                insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by,
                  approved_at)
                values (:project, '<i>Renewal</i>', :state, '{"labels": ["vip"], "health_tiers": ["at_risk"]}',
                  '[{"day_offset": 0, "channel": "chatwoot", "template": "Hi {{contact.name|there}}"}]',
                  '{"approve_each": true}', 'a test', case when :state <> 'draft' then 'a test' end,
                  case when :state <> 'draft' then now() end)
                returning id
                """)
            .param("project", rows.project)
            .param("state", state)
            .query(UUID.class)
            .single();
    jdbc.sql(
            """
            insert into campaign_members (campaign_id, project_id, contact_global_id) values (:campaign, :project, :contact)
            """)
        .param("campaign", campaign)
        .param("project", rows.project)
        .param("contact", id("cwc", 77))
        .update();
    UUID outbound =
        jdbc.sql(
                """
                insert into outbound_messages (campaign_id, project_id, contact_global_id,
                  conversation_global_id, step, channel, text, state, due_at)
                values (:campaign, :project, :contact, :conversation, 0, 'chatwoot', :text, 'waiting', now())
                returning id
                """)
            .param("campaign", campaign)
            .param("project", rows.project)
            .param("contact", id("cwc", 77))
            .param("conversation", id("cw", conversation))
            .param("text", HOSTILE)
            .query(UUID.class)
            .single();
    return new UUID[] {campaign, outbound};
  }

  private List<String> actions() {
    return jdbc.sql(
            "select action from audit_log where project_id = :project and token_name = 'a test' order by id")
        .param("project", rows.project)
        .query(String.class)
        .list();
  }

  private static String found(Pattern pattern, HttpResponse<String> page) {
    var matcher = pattern.matcher(page.body());
    assertThat(matcher.find()).as(page.body()).isTrue();
    return matcher.group(1).replace("&amp;", "&");
  }

  @Test
  void where_nothing_is_yet_each_page_says_what_to_do() {
    assertThat(browser.get(base + "/signals").body())
        .contains("Nothing waits for a decision", "No signals yet");
    assertThat(browser.get(base + "/signals?type=praise").body()).contains("passes these filters");
    assertThat(browser.get(base + "/customers").body()).contains("No customer has a score yet");
    assertThat(browser.get(base + "/customers?tier=watch").body()).contains("passes these filters");
    assertThat(browser.get(base + "/campaigns").body())
        .contains("no campaign yet", "Create one", "is known once the job campaign_scheduler");
    assertThat(browser.get(base + "/campaigns/messages").body()).contains("No message waits");
    assertThat(browser.get(base + "/campaigns/opt-outs").body()).contains("Nobody opted out");
    assertThat(browser.get(base + "/signals?severity=9").statusCode()).isEqualTo(400);
    assertThat(browser.get(base + "/signals?status=open").statusCode()).isEqualTo(400);
    assertThat(browser.get(base + "/customers?tier=glad").statusCode()).isEqualTo(400);
    assertThat(browser.get(base + "/campaigns?state=gone").statusCode()).isEqualTo(400);
  }

  @Test
  void what_is_to_be_decided_comes_first_and_words_of_customers_are_text() {
    UUID sure = signal("praise", "accepted", 1, "-1 hour");
    UUID open = signal("complaint", "proposed", 4, "-2 days");

    String inbox = browser.get(base + "/signals").body();

    assertThat(inbox.indexOf("signal-" + open))
        .isPositive()
        .isLessThan(inbox.indexOf("signal-" + sure));
    assertThat(inbox)
        .contains("&lt;img src=x onerror=alert(1)&gt;", "?message=" + message + "#m" + message)
        .doesNotContain("<img src=x");
    assertThat(browser.get(base + "/signals?severity=3").body())
        .contains("signal-" + open)
        .doesNotContain("signal-" + sure);
    assertThat(browser.get(base + "/signals?type=praise&contact=77").body())
        .contains("signal-" + sure)
        .doesNotContain("signal-" + open);

    HttpResponse<String> page = browser.get(base + "/signals/" + open);

    assertThat(page.body()).contains("en.refund.want", "severity 4 of 5", "In Chatwoot");
    HttpResponse<String> done = browser.submit(base + "/signals/" + open + "/accept", Map.of());
    assertThat(done.body()).contains("accepted", "decided by", "a test");
    browser.submit(base + "/signals/" + open + "/done", Map.of());
    browser.submit(base + "/signals/" + open + "/reopen", Map.of());
    browser.submit(base + "/signals/" + open + "/dismiss", Map.of());
    assertThat(browser.get(base + "/signals?status=dismissed").body()).contains("Decide again");
    assertThat(browser.submit(base + "/signals/" + open + "/burn", Map.of()).statusCode())
        .isEqualTo(404);
    assertThat(actions())
        .containsExactly("signal.change", "signal.change", "signal.change", "signal.change");
  }

  @Test
  void long_lists_go_on_page_by_page_without_a_gap() {
    for (int i = 0; i < 23; i++) {
      signal("urgency", "proposed", 2, "-" + i + " hours");
      scored(1000 + i, i);
    }

    HttpResponse<String> first = browser.get(base + "/signals?status=proposed");
    HttpResponse<String> second = browser.get(found(NEXT, first));

    assertThat(first.body().split("<article", -1)).hasSize(21);
    assertThat(second.body().split("<article", -1)).hasSize(4);
    assertThat(second.body()).contains("The newest").doesNotContain("Older ones");
    scored(2000, 90);
    scored(2001, 91);
    scored(2002, 92);
    HttpResponse<String> worst = browser.get(base + "/customers");
    HttpResponse<String> rest = browser.get(found(NEXT, worst));
    assertThat(worst.body())
        .contains("customer-1000", "customer-2001")
        .doesNotContain("customer-2002");
    assertThat(rest.body()).contains("customer-2002").doesNotContain("customer-2001");
    assertThat(browser.get(base + "/customers?tier=healthy&order=best&max=91").body())
        .contains("customer-2001")
        .doesNotContain("customer-2002", "customer-1000");
    assertThat(browser.part(base + "/customers").body()).doesNotContain("<html");
  }

  @Test
  void a_customer_is_explained_and_a_person_may_say_otherwise_for_some_days() {
    scored(77, 55);
    signal("complaint", "accepted", 4, "-1 day");
    for (int day = 0; day < 3; day++) {
      jdbc.sql(
              """
              insert into health_history (contact_global_id, project_id, day, score)
              values (:id, :project, current_date - :day, :score)
              """)
          .param("id", id("cwc", 77))
          .param("project", rows.project)
          .param("day", day * 10)
          .param("score", 50 + day)
          .update();
    }
    String address = base + "/customers/" + id("cwc", 77);

    assertThat(browser.get(address).body())
        .contains(
            "A message has waited 10.5 hours for an answer.",
            "value 10.5 hours",
            "weight 25, 50 % of all",
            "−30 points",
            "From 52 to 50, the lowest 50, the highest 52",
            "points=\"0.0,48",
            "&lt;b&gt;Ada&lt;/b&gt;",
            "Complaint")
        .doesNotContain("<b>Ada");
    assertThat(browser.get(base + "/customers/messages/" + id("cwmsg", message)).uri().toString())
        .contains("/conversations/" + id("cw", conversation) + "?message=" + message);
    rows.delete(message);
    assertThat(browser.get(base + "/customers/messages/" + id("cwmsg", message)).statusCode())
        .isEqualTo(404);

    Map<String, String> wish = Map.of("score", "10", "reason", "<u>We talked</u>", "days", "30");
    browser.get(address);
    assertThat(browser.submit(address + "/override", wish).body())
        .contains(
            "data-number=\"score\">10<", "&lt;u&gt;We talked", "The formula says", "critical");
    assertThat(browser.get(base + "/customers?tier=critical").body())
        .contains("&lt;u&gt;We talked");
    assertThat(browser.submit(address + "/release", Map.of()).body())
        .contains("data-number=\"score\">55<");
    for (Map<String, String> wrong :
        List.of(
            Map.of("score", "10", "reason", "why", "days", "0"),
            Map.of("score", "101", "reason", "why", "days", "1"),
            Map.of("score", "10", "reason", " ", "days", "1"))) {
      assertThat(browser.submit(address + "/override", wrong).statusCode()).isEqualTo(400);
    }
    assertThat(actions()).containsExactly("health.override", "health.release");
  }

  @Test
  void a_message_is_approved_as_it_was_seen_and_not_after_its_text_changed() {
    UUID[] ids = campaign("running");
    String queue = base + "/campaigns/messages";
    HttpResponse<String> page = browser.get(queue);
    assertThat(page.body())
        .contains("&lt;img src=x onerror", "&lt;i&gt;Renewal", "Approve")
        .doesNotContain("<img src=x");
    String seen = found(SEEN, page);
    jdbc.sql("update outbound_messages set text = 'another', updated_at = now() where id = :id")
        .param("id", ids[1])
        .update();
    String approve = queue + "/" + ids[1] + "/approve";

    assertThat(browser.submit(approve, Map.of("seen", seen)).body()).contains("changed_meanwhile");
    assertThat(browser.submit(approve, Map.of()).statusCode()).isEqualTo(400);
    assertThat(browser.get(queue).body()).contains("another");
    browser.submit(approve, Map.of("seen", found(SEEN, browser.get(queue))));

    assertThat(browser.get(queue).body()).contains("No message waits");
    assertThat(browser.get(queue + "?state=ready&campaign=" + ids[0]).body())
        .contains("another", "approved by");
    browser.submit(queue + "/" + ids[1] + "/cancel", Map.of());
    assertThat(browser.get(queue + "?state=cancelled").body()).contains("By hand");
    assertThat(actions()).containsExactly("outbound.approve", "outbound.cancel");
  }

  @Test
  void a_campaign_is_typed_in_counted_and_made_a_draft_by_administrators() {
    String form = base + "/campaigns/new";
    assertThat(browser.get(base + "/campaigns").body()).contains("href=\"" + form + "\"");
    Map<String, String> typed = new HashMap<>();
    typed.put("name", "Spring, <b>early</b>");
    typed.put("labels", "vip, renewal");
    typed.put("silent", "14");
    typed.put("tier", "at_risk");
    typed.put("text", "Hi {{contact.first_name|there}},\r\nhow is it going?");
    typed.put("stop_on_reply", "on");
    typed.put("contacts_per_window", "50");
    typed.put("quiet_from", "20:00");
    typed.put("quiet_until", "08:00");
    browser.get(form);
    typed.put("count", "yes");
    assertThat(browser.submit(form, typed).body())
        .contains("Whom it would reach now", "data-number=\"reachable\"", "&lt;b&gt;early")
        .doesNotContain("<b>early");
    typed.remove("count");
    typed.put("silent", "many");
    HttpResponse<String> refused = browser.submit(form, typed);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("takes a whole number", "how is it going?");
    typed.put("silent", "14");

    HttpResponse<String> made = browser.submit(form, typed);

    assertThat(made.uri().getPath()).matches(base + "/campaigns/[0-9a-f-]{36}");
    assertThat(made.body())
        .contains("draft", "vip, renewal", "14 days", "at risk", "50 customers in 24 hours")
        .contains("20:00 to 08:00", "Hi {{contact.first_name|there}},\nhow is it going?");
    assertThat(actions()).containsExactly("campaign.create");
    Browser runner = new Browser(port);
    runner.signIn(rows.token("run", rows.project, "1 hour"));
    assertThat(runner.get(base + "/campaigns").body()).doesNotContain("campaigns/new");
    assertThat(runner.get(form).statusCode()).isEqualTo(403);
    assertThat(runner.submit(form, typed).statusCode()).isEqualTo(403);
  }

  @Test
  void a_campaign_is_looked_at_approved_paused_and_resumed_and_says_that_sending_is_off() {
    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, started_at, finished_at, result)
            values (:project, 'campaign_scheduler', 'manual', 'a test', 'ok', now(), now(), '{"send_enabled": false}')
            """)
        .param("project", rows.project)
        .update();
    UUID draft = campaign("draft")[0];
    String address = base + "/campaigns/" + draft;
    assertThat(browser.get(base + "/campaigns").body())
        .contains("Sending is off", "&lt;i&gt;Renewal", "Messages wait for a person");
    HttpResponse<String> page = browser.get(address);
    assertThat(page.body())
        .contains("vip", "at risk", "Hi {{contact.name|there}}", "Sending is off", "Who is in it");
    assertThat(browser.part(address + "/preview").body())
        .contains("can be written to", "looked at")
        .doesNotContain("<html");
    String seen = found(SEEN, page);

    assertThat(browser.submit(address + "/approve", Map.of("seen", "2026-01-01T00:00:00Z")).body())
        .contains("changed_meanwhile");
    assertThat(browser.submit(address + "/approve", Map.of("seen", seen)).body())
        .contains("approved", "Pause");
    assertThat(browser.submit(address + "/pause", Map.of()).body()).contains("Resume");
    assertThat(browser.submit(address + "/resume", Map.of()).body()).contains("running");
    assertThat(browser.submit(address + "/complete", Map.of()).body())
        .contains("completed", "over since")
        .doesNotContain("End for good");
    assertThat(browser.get(base + "/campaigns?state=completed").body()).contains("Renewal");
    assertThat(actions())
        .containsExactly(
            "campaign.approve", "campaign.pause", "campaign.resume", "campaign.complete");
  }

  @Test
  void who_is_to_be_left_alone_is_and_may_come_back() {
    campaign("running");
    String page = base + "/campaigns/opt-outs";
    browser.get(page);

    assertThat(browser.submit(page, Map.of("contact", "77", "reason", "<s>asked</s>")).body())
        .contains("Customer 77", "&lt;s&gt;asked", "May be written to again");
    assertThat(browser.get(base + "/campaigns/messages").body()).contains("No message waits");
    assertThat(browser.submit(page, Map.of("contact", "78")).statusCode()).isEqualTo(404);
    assertThat(browser.submit(page + "/" + id("cwc", 77) + "/remove", Map.of()).body())
        .contains("Nobody opted out");
    assertThat(actions()).containsExactly("opt_out.add", "opt_out.remove");
  }

  @Test
  void who_may_only_read_sees_no_buttons_and_another_project_nothing() {
    scored(77, 55);
    UUID signal = signal("complaint", "proposed", 4, "-1 day");
    UUID[] ids = campaign("running");
    Map<String, String> forms =
        Map.of(
            "/signals/" + signal + "/accept",
            "run",
            "/customers/77/override",
            "admin",
            "/campaigns/" + ids[0] + "/pause",
            "admin",
            "/campaigns/messages/" + ids[1] + "/cancel",
            "admin",
            "/campaigns/opt-outs",
            "admin");
    List<String> pages =
        List.of(
            "/signals",
            "/signals/" + signal,
            "/customers",
            "/customers/77",
            "/customers/messages/" + id("cwmsg", message),
            "/campaigns",
            "/campaigns/" + ids[0],
            "/campaigns/messages",
            "/campaigns/opt-outs");
    Browser reader = new Browser(port);
    reader.signIn(rows.token("read", rows.project, "1 hour"));
    Browser stranger = new Browser(port);
    Rows theirs = new Rows(jdbc);
    stranger.signIn(theirs.token("admin", theirs.project, "1 hour"));
    String elsewhere = "/ui/projects/" + theirs.project;

    for (String path : pages) {
      HttpResponse<String> page = reader.get(base + path);
      assertThat(page.statusCode()).as(path).isEqualTo(200);
      assertThat(page.body().split("method=\"post\"", -1)).as(path + ": log out alone").hasSize(2);
      assertThat(stranger.get(base + path).statusCode()).as(path).isEqualTo(404);
    }
    for (String path : List.of(pages.get(1), pages.get(3), pages.get(4), pages.get(6))) {
      assertThat(stranger.get(elsewhere + path).statusCode()).as(path).isEqualTo(404);
    }
    reader.get(base + "/signals");
    stranger.get(elsewhere + "/signals");
    forms.forEach(
        (path, unused) -> {
          assertThat(reader.submit(base + path, Map.of()).statusCode()).as(path).isEqualTo(403);
          assertThat(
                  stranger.submit(base + path, Map.of("seen", "2026-01-01T00:00:00Z")).statusCode())
              .as(path)
              .isEqualTo(404);
        });
    assertThat(stranger.submit(elsewhere + "/signals/" + signal + "/accept", Map.of()).statusCode())
        .isEqualTo(404);
    Browser runner = new Browser(port);
    runner.signIn(rows.token("run", rows.project, "1 hour"));
    runner.get(base + "/signals");
    assertThat(runner.submit(base + "/signals/" + signal + "/accept", Map.of()).body())
        .contains("accepted");
    assertThat(runner.submit(base + "/campaigns/" + ids[0] + "/pause", Map.of()).statusCode())
        .isEqualTo(403);
    assertThat(actions()).containsExactly("signal.change");
  }
}
