package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller.Answer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@GatewayTest
class CampaignsIT {
  private static final Map<String, ?> HELLO =
      Map.of(
          "name",
          "Hello",
          "steps",
          List.of(Map.of("day_offset", 0, "template", "Hi {{contact.email}}")));

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  private String created(Map<String, ?> campaign) {
    Answer answer = caller.post("/campaigns", campaign);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    String id = answer.json().path("id").asString();
    assertThat(answer.response().headers().firstValue("Location")).hasValue("/campaigns/" + id);
    return id;
  }

  private String state(String campaign) {
    return caller.get("/campaigns/" + campaign).json().path("campaign").path("state").asString();
  }

  @Test
  void a_campaign_is_changed_while_it_is_a_draft_and_moves_only_as_its_states_allow() {
    String id = created(HELLO);
    Answer changed =
        caller.call(
            "PATCH",
            "/campaigns/" + id,
            "{\"name\": \"Hi\", \"rules\": {\"contact_per_week\": 1}}");
    assertThat(changed.json().path("name").asString()).isEqualTo("Hi");
    assertThat(changed.json().path("rules").path("contact_per_week").asInt()).isEqualTo(1);
    assertThat(changed.json().path("rules").path("stop_on_reply").asBoolean()).isTrue();
    assertThat(changed.json().path("steps").size()).isEqualTo(1);

    assertThat(caller.post("/campaigns/" + id + "/pause").code()).isEqualTo("wrong_state");
    assertThat(
            caller
                .post(
                    "/campaigns/" + id + "/approve",
                    Map.of("updated_at", changed.json().path("created_at").asString()))
                .code())
        .isEqualTo("changed_meanwhile");
    JsonNode approved = caller.post("/campaigns/" + id + "/approve").json();
    assertThat(approved.path("state").asString()).isEqualTo("approved");
    assertThat(approved.path("approved_by").isNull()).isFalse();
    // Who asks twice gets the same.
    assertThat(caller.post("/campaigns/" + id + "/approve").status()).isEqualTo(200);
    assertThat(caller.call("PATCH", "/campaigns/" + id, "{\"name\": \"No\"}").code())
        .isEqualTo("wrong_state");
    caller.post("/campaigns/" + id + "/pause");
    assertThat(state(id)).isEqualTo("paused");
    caller.post("/campaigns/" + id + "/resume");
    assertThat(state(id)).isEqualTo("running");
    caller.post("/campaigns/" + id + "/complete");
    assertThat(caller.post("/campaigns/" + id + "/resume").code()).isEqualTo("wrong_state");

    assertThat(caller.get("/audit").text())
        .contains(
            "campaign.create",
            "campaign.change",
            "campaign.approve",
            "campaign.pause",
            "campaign.resume",
            "campaign.complete");
    assertThat(caller.get("/campaigns?state=completed").json().path("items").size()).isEqualTo(1);
    assertThat(caller.get("/campaigns?state=draft").json().path("items").size()).isZero();
  }

  @Test
  void a_plan_that_cannot_be_carried_out_is_refused_by_name() {
    assertThat(
            refused(
                Map.of(
                    "name",
                    "a",
                    "steps",
                    List.of(Map.of("day_offset", 0, "template", "{{contact.nam}}")))))
        .contains("'contact.nam'", "'steps[0]'");
    assertThat(refused(Map.of("name", "a", "steps", List.of()))).contains("'steps'");
    assertThat(refused(Map.of("name", " ", "steps", HELLO.get("steps")))).contains("'name'");
    assertThat(
            refused(
                Map.of(
                    "name",
                    "a",
                    "steps",
                    HELLO.get("steps"),
                    "segment",
                    Map.of("signals", List.of("anger")))))
        .contains("'segment.signals'");
    assertThat(caller.post("/campaigns", Map.of("name", "a", "segment", Map.of("mood", 1))).code())
        .isEqualTo("invalid_body");
    assertThat(caller.get("/campaigns").json().path("items").size()).isZero();
  }

  private String refused(Map<String, ?> campaign) {
    Answer answer = caller.post("/campaigns", campaign);
    assertThat(answer.code()).as(answer.text()).isEqualTo("invalid_request");
    return answer.json().path("detail").asString();
  }

  @Test
  void a_creation_that_is_sent_again_creates_nothing_and_pages_hold_each_once() {
    Caller again = caller.with("Idempotency-Key", UUID.randomUUID().toString());
    String first = again.post("/campaigns", HELLO).json().path("id").asString();
    assertThat(again.post("/campaigns", HELLO).json().path("id").asString()).isEqualTo(first);
    String second = created(HELLO);
    String third = created(HELLO);

    JsonNode page = caller.get("/campaigns?limit=2").json();
    JsonNode rest =
        caller.get("/campaigns?limit=2&cursor=" + page.path("next_cursor").asString()).json();
    assertThat(ids(page)).containsExactly(third, second);
    assertThat(ids(rest)).containsExactly(first);
  }

  private static List<String> ids(JsonNode page) {
    return page.path("items").valueStream().map(item -> item.path("id").asString()).toList();
  }

  @Test
  void a_preview_counts_whom_a_segment_names_and_shows_what_they_would_get() {
    long vip = customer("vip");
    customer("other");
    long blocked = customer("vip");
    long optedOut = customer("vip");
    jdbc.sql(
            "update cw_contacts set blocked = true where project_id = :project and contact_id = :id")
        .param("project", rows.project)
        .param("id", blocked)
        .update();
    caller.post("/opt-outs", Map.of("contact", Long.toString(optedOut)));

    JsonNode preview =
        caller
            .post(
                "/campaigns/preview",
                Map.of("segment", Map.of("labels", List.of("vip")), "steps", HELLO.get("steps")))
            .json();
    String campaign = created(HELLO);

    assertThat(preview.path("matching").asInt()).as(preview.toString()).isEqualTo(3);
    assertThat(preview.path("reachable").asInt()).isEqualTo(1);
    assertThat(preview.path("blocked").asInt()).isEqualTo(1);
    assertThat(preview.path("opted_out").asInt()).isEqualTo(1);
    assertThat(preview.path("looked_at").asInt()).isEqualTo(4);
    assertThat(preview.path("complete").asBoolean()).isTrue();
    assertThat(preview.path("samples").get(0).path("contact_global_id").asString())
        .isEqualTo(contact(vip));
    assertThat(preview.path("samples").get(0).path("text").asString())
        .isEqualTo("Hi somebody@example.com");
    assertThat(caller.get("/campaigns/" + campaign + "/preview").json().path("matching").asInt())
        .isEqualTo(4);
    Caller reader = Caller.anonymous(port).token(rows.token("read", rows.project, "1 hour"));
    assertThat(reader.post("/campaigns/preview", Map.of()).status()).isEqualTo(200);
    assertThat(reader.post("/campaigns", HELLO).status()).isEqualTo(403);
  }

  @Test
  void a_message_is_approved_edited_or_cancelled_as_long_as_it_is_not_on_its_way() {
    UUID campaign = running(true);
    UUID first = message(campaign, customer("a"), "waiting");
    UUID second = message(campaign, customer("b"), "waiting");
    UUID gone = message(campaign, customer("c"), "sending");

    Map<String, String> seen = Map.of("updated_at", updatedAt(first));
    JsonNode edited = caller.call("PATCH", "/outbound/" + first, "{\"text\": \"Better\"}").json();
    // An approval is of the text that was seen.
    assertThat(caller.post("/outbound/" + first + "/approve", seen).code())
        .isEqualTo("changed_meanwhile");
    JsonNode approved =
        caller
            .post("/outbound/" + first + "/approve", Map.of("updated_at", updatedAt(first)))
            .json();
    JsonNode cancelled = caller.post("/outbound/" + second + "/cancel").json();

    assertThat(edited.path("text").asString()).isEqualTo("Better");
    assertThat(approved.path("state").asString()).isEqualTo("ready");
    assertThat(cancelled.path("state").asString()).isEqualTo("cancelled");
    // An approved one that is edited needs approval again.
    assertThat(
            caller
                .call("PATCH", "/outbound/" + first, "{\"text\": \"Best\"}")
                .json()
                .path("state")
                .asString())
        .isEqualTo("waiting");
    assertThat(
            caller.call("PATCH", "/outbound/" + first, "{\"text\": \"{{contact.name}}\"}").code())
        .isEqualTo("invalid_request");
    for (String verb : List.of("approve", "cancel")) {
      assertThat(caller.post("/outbound/" + gone + "/" + verb).code()).isEqualTo("wrong_state");
    }
    assertThat(caller.call("PATCH", "/outbound/" + gone, "{\"text\": \"x\"}").code())
        .isEqualTo("wrong_state");
    // The contact of the cancelled one goes on to what comes next: here nothing.
    JsonNode members =
        caller.get("/campaigns/" + campaign + "/members?state=finished").json().path("items");
    assertThat(members.size()).isEqualTo(1);
    assertThat(ids(caller.get("/outbound?state=waiting&campaign=" + campaign).json()))
        .containsExactly(first.toString());
    assertThat(caller.get("/outbound?limit=1").json().path("next_cursor").isNull()).isFalse();
    JsonNode counts = caller.get("/campaigns/" + campaign).json();
    assertThat(counts.path("outbound").path("waiting").asInt()).isEqualTo(1);
    assertThat(counts.path("members").path("active").asInt()).isEqualTo(2);
    // What was written to a customer is nobody's business but its reader's.
    assertThat(caller.get("/audit").text()).contains("outbound.edit").doesNotContain("Better");
  }

  private String updatedAt(UUID message) {
    return caller.get("/outbound/" + message).json().path("updated_at").asString();
  }

  @Test
  void an_opt_out_cancels_at_once_what_is_drafted_and_approved_and_outlives_the_contact() {
    UUID campaign = running(false);
    long contact = customer("a");
    UUID ready = message(campaign, contact, "ready");

    Answer added =
        caller.post(
            "/opt-outs", Map.of("contact", Long.toString(contact), "reason", "asked by phone"));

    assertThat(added.status()).as(added.text()).isEqualTo(201);
    assertThat(added.json().path("stopped").asInt()).isEqualTo(1);
    JsonNode message = caller.get("/outbound/" + ready).json();
    assertThat(message.path("state").asString() + message.path("reason").asString())
        .isEqualTo("cancelledopted_out");
    assertThat(
            caller
                .get("/campaigns/" + campaign + "/members")
                .json()
                .path("items")
                .get(0)
                .path("stop_reason")
                .asString())
        .isEqualTo("opted_out");
    jdbc.sql("update cw_conversations set contact_global_id = null where contact_global_id = :id")
        .param("id", contact(contact))
        .update();
    jdbc.sql("delete from cw_contacts where global_id = :id")
        .param("id", contact(contact))
        .update();
    JsonNode list = caller.get("/opt-outs").json().path("items");
    assertThat(list.get(0).path("contact_global_id").asString()).isEqualTo(contact(contact));
    assertThat(list.get(0).path("reason").asString()).isEqualTo("asked by phone");
    assertThat(caller.call("DELETE", "/opt-outs/" + contact, null).status()).isEqualTo(204);
    assertThat(caller.call("DELETE", "/opt-outs/" + contact, null).status()).isEqualTo(404);
    assertThat(caller.post("/opt-outs", Map.of("contact", "cwc:x")).status()).isEqualTo(404);
    assertThat(caller.get("/audit").text()).contains("opt_out.add", "opt_out.remove");
  }

  @Test
  void an_opt_out_is_found_by_its_contacts_number_however_many_there_are() {
    jdbc.sql(
            """
            insert into campaign_opt_outs (project_id, contact, created_by)
            select :project, 'cwc:' || :project || ':1:' || n, 'Ada' from generate_series(1, 5000) n
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql("analyze campaign_opt_outs").update();

    String plan =
        String.join(
            "\n",
            jdbc.sql(
                    """
                    explain (costs off) select contact from campaign_opt_outs
                    where project_id = :project and split_part(contact, ':', 4) = (:number::bigint)::text
                    """)
                .param("project", rows.project)
                .param("number", 4711)
                .query(String.class)
                .list());

    assertThat(plan).contains("campaign_opt_outs_by_number").doesNotContain("Filter");
    assertThat(caller.call("DELETE", "/opt-outs/4711", null).status()).isEqualTo(204);
    assertThat(caller.call("DELETE", "/opt-outs/4711", null).status()).isEqualTo(404);
  }

  /** A contact with a conversation that has this label. */
  private long customer(String label) {
    long conversation = rows.conversation("open", label);
    rows.contactOf(conversation, conversation);
    return conversation;
  }

  private String contact(long number) {
    return "cwc:" + rows.project + ":" + rows.account() + ":" + number;
  }

  private UUID running(boolean approveEach) {
    String id =
        created(
            Map.of(
                "name",
                "Hello",
                "steps",
                HELLO.get("steps"),
                "rules",
                Map.of("approve_each", approveEach)));
    caller.post("/campaigns/" + id + "/approve");
    jdbc.sql("update campaigns set state = 'running' where id = :id::uuid")
        .param("id", id)
        .update();
    return UUID.fromString(id);
  }

  /** As the job drafts it, and perhaps has taken it. */
  private UUID message(UUID campaign, long contact, String state) {
    jdbc.sql(
            """
            insert into campaign_members (project_id, campaign_id, contact_global_id, next_step)
            values (:project, :campaign, :contact, 1)
            """)
        .param("project", rows.project)
        .param("campaign", campaign)
        .param("contact", contact(contact))
        .update();
    return jdbc.sql(
            """
            insert into outbound_messages (project_id, campaign_id, contact_global_id, conversation_global_id, step, channel,
              text, state, claimed_at, check_at)
            values (:project, :campaign, :contact, :conversation, 0, 'chatwoot', 'Hi', :state, now(),
              case when :state = 'sending' then now() end)
            returning id
            """)
        .param("project", rows.project)
        .param("campaign", campaign)
        .param("contact", contact(contact))
        .param("conversation", "cw:" + rows.project + ":" + rows.account() + ":" + contact)
        .param("state", state)
        .query(UUID.class)
        .single();
  }
}
