package dev.threadmill.scheduler.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.scheduler.campaign.Desk.Customer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Whom a campaign writes to, and when it is over. */
class CampaignIT extends CampaignRuns {
  @Autowired private GateTable gateTable;
  @Autowired private OutboundTable outbound;
  @Autowired private CampaignTable campaigns;
  @Autowired private CampaignProgress progress;
  @Autowired private ChatwootSender sender;
  @Autowired private Lines lines;
  @Autowired private TransactionTemplate transaction;

  @Test
  void an_approved_campaign_writes_to_each_of_its_contacts_once_and_is_then_complete() {
    Customer ada = desk.customer("Ada {{agent.email}}");
    Customer blocked = desk.customer("Bo");
    Customer optedOut = desk.customer("Cy");
    desk.move("cw_contacts set blocked = true where contact_id = " + blocked.contact());
    optOut(optedOut);
    UUID campaign =
        desk.campaign(
            Desk.free(), Desk.step(0, "Hello {{contact.name}} of {{contact.custom.plan}}"));
    UUID draft = desk.campaign("draft", Segment.ALL, Desk.free(), Desk.step(0, "not yet"));
    UUID paused = desk.campaign("paused", Segment.ALL, Desk.free(), Desk.step(0, "not now"));

    Ended first = run();
    Ended second = run();

    assertThat(first.status()).as(first.toString()).isEqualTo("ok");
    assertThat(first.result()).contains("\"sent\": 1", "\"enrolled\": 1", "\"left\": false");
    // What Chatwoot would fill in itself does not reach it.
    assertThat(desk.outgoing(ada)).containsExactly("Hello Ada ((agent.email)) of gold");
    assertThat(desk.outgoing(blocked)).isEmpty();
    assertThat(desk.outgoing(optedOut)).isEmpty();
    assertThat(state(campaign)).isEqualTo("completed");
    assertThat(state(draft) + state(paused)).isEqualTo("draftpaused");
    assertThat(desk.member(ada)).isEqualTo("finished");
    assertThat(second.status()).isEqualTo("ok");
    assertThat(second.result()).contains("\"campaigns\": 0", "\"sent\": 0");
    assertThat(desk.chatwoot.requests().count("POST /conversations/:id/messages")).isEqualTo(1);
  }

  @Test
  void steps_follow_each_other_by_their_days_and_a_reply_ends_them() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.free(), Desk.step(0, "first"), Desk.step(3, "second"));
    run();

    run();
    assertThat(desk.outgoing(ada)).containsExactly("first");
    assertThat(dueInDays(ada)).isEqualTo(3);
    desk.writes(ada);
    desk.move("campaign_members set due_at = now() where due_at is not null");
    run();

    assertThat(desk.outgoing(ada)).containsExactly("first");
    assertThat(desk.member(ada)).isEqualTo("stopped replied");
    assertThat(desk.outgoing(bo)).containsExactly("first", "second");
    assertThat(desk.member(bo)).isEqualTo("finished");
  }

  @Test
  void what_was_opted_out_of_blocked_erased_or_answered_after_it_was_approved_is_not_sent() {
    List<Customer> all =
        List.of("Ada", "Bo", "Cy", "Di", "Ed", "Flo").stream().map(desk::customer).toList();
    UUID campaign = desk.campaign(Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    assertThat(all).allMatch(customer -> desk.state(customer).equals("waiting"));
    assertThat(desk.chatwoot.requests().count()).isZero();
    optOut(all.get(0));
    desk.move("cw_contacts set blocked = true where contact_id = " + all.get(1).contact());
    desk.move("cw_contacts set deleted_at = now() where contact_id = " + all.get(2).contact());
    jdbc.sql(
            """
            insert into erased_things (project_id, base_url, external_id, global_id, source_id, kind, counted)
            values (:project, :url, '1', :contact, :source, 'contact', true)
            """)
        .param("project", desk.project)
        .param("url", desk.chatwoot.baseUrl().toString())
        .param("contact", all.get(3).contactId())
        .param("source", desk.source.id())
        .update();
    desk.writes(all.get(4));
    desk.move(
        "outbound_messages set state = 'ready', approved_by = 'Noor', due_at = now() where state = 'waiting'");

    Ended ended = run();

    assertThat(ended.status()).as(ended.toString()).isEqualTo("ok");
    assertThat(all.stream().map(desk::member))
        .containsExactly(
            "stopped opted_out",
            "stopped blocked",
            "stopped contact_gone",
            "stopped contact_gone",
            "stopped replied",
            "finished");
    assertThat(all.stream().map(desk::state))
        .containsExactly("cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "sent");
    assertThat(all.stream().mapToInt(customer -> desk.outgoing(customer).size()).sum())
        .isEqualTo(1);
    assertThat(state(campaign)).isEqualTo("completed");
  }

  @Test
  void no_more_is_drafted_than_two_windows_hold_and_the_others_when_there_is_room() {
    List<Customer> all = List.of("Ada", "Bo", "Cy").stream().map(desk::customer).toList();
    UUID campaign = desk.campaign(Desk.rules(true, 1, 100, 10, null), Desk.step(0, "hello"));

    Ended first = run();
    Ended full = run();
    desk.move(
        "outbound_messages set state = 'cancelled', reason = 'by_hand' where state = 'waiting'");
    Ended room = run();

    assertThat(first.result()).contains("\"enrolled\": 3", "\"drafted\": 2", "\"left\": true");
    assertThat(full.result()).contains("\"drafted\": 0");
    assertThat(room.result()).contains("\"drafted\": 1");
    assertThat(members(campaign)).isEqualTo(all.size());
  }

  @Test
  void a_continuous_campaign_takes_those_who_come_later_and_leaves_its_members_as_they_are() {
    Customer ada = desk.customer("Ada");
    var rules = new CampaignRules(false, true, "continuous", 100, 24, 100, 10, null);
    UUID campaign = desk.campaign(rules, Desk.step(0, "hello"));
    run();
    desk.customer("Bo");
    desk.move("campaigns set enrolled_at = now() - interval '2 days' where state = 'running'");

    Ended later = run();

    assertThat(later.result()).contains("\"looked_at\": 2", "\"enrolled\": 1", "\"sent\": 1");
    assertThat(desk.member(ada)).isEqualTo("finished");
    assertThat(members(campaign)).isEqualTo(2);
  }

  @Test
  void while_sending_is_off_it_is_noted_what_would_have_been_sent() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    desk.move("outbound_messages set state = 'ready', due_at = now() where state = 'waiting'");
    var off = new CampaignSettings(false, 60, Duration.ofSeconds(1), Duration.ofSeconds(1));
    var counts = new CampaignCounts();
    var sending =
        new Sending(
            outbound,
            new SendGate(gateTable, outbound, progress, off, transaction),
            sender,
            progress,
            off,
            transaction);

    sending.send(
        desk.project,
        campaigns.atWork(desk.project),
        lines.open(counts, () -> {}),
        counts,
        () -> {});

    assertThat(desk.state(ada)).isEqualTo("would_send");
    assertThat(desk.member(ada)).isEqualTo("finished");
    assertThat(desk.chatwoot.requests().count()).isZero();
  }

  @Test
  void a_campaign_that_a_person_ended_is_cleared_up_and_a_segment_takes_those_it_names() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.move(
        "cw_conversations set labels = '{vip}', inbox_id = 7 where conversation_id = "
            + ada.conversation());
    jdbc.sql(
            """
            insert into signals (project_id, conversation_global_id, contact_global_id, type, status, severity, confidence,
              basis, first_seen_at, last_seen_at, occurrences)
            values (:project, :conversation, :contact, 'upsell_intent', 'accepted', 3, 0.9, '{}', now(), now(), 1)
            """)
        .param("project", desk.project)
        .param("conversation", ada.conversationId())
        .param("contact", ada.contactId())
        .update();
    var segment =
        new Segment(
            List.of("vip"),
            List.of(7L),
            List.of("upsell_intent"),
            null,
            null,
            null,
            Map.of("plan", "gold"));
    UUID campaign =
        desk.campaign(
            "approved", segment, Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    assertThat(desk.state(ada)).isEqualTo("waiting");
    assertThat(members(campaign)).isEqualTo(1);
    assertThat(desk.outgoing(bo)).isEmpty();
    desk.move("campaigns set state = 'completed', completed_at = now() where state = 'running'");

    Ended ended = run();

    assertThat(desk.member(ada)).isEqualTo("stopped campaign_completed");
    assertThat(desk.state(ada)).isEqualTo("cancelled");
    assertThat(ended.result()).contains("\"stopped\": 1");
    assertThat(run().result()).contains("\"campaigns\": 0");
  }

  @Test
  void a_segment_by_health_goes_by_what_a_person_says_before_what_was_calculated() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    Customer cy = desk.customer("Cy");
    Customer unknown = desk.customer("Di");
    score(ada, 30);
    score(bo, 90);
    score(cy, 90);
    jdbc.sql(
            """
            insert into health_overrides (contact_global_id, project_id, score, reason, set_by, expires_at)
            values (:contact, :project, 40, 'told us so', 'Noor', now() + interval '1 day')
            """)
        .param("contact", cy.contactId())
        .param("project", desk.project)
        .update();
    var segment = new Segment(null, null, null, List.of("at_risk"), null, null, null);
    UUID campaign = desk.campaign("approved", segment, Desk.free(), Desk.step(0, "hello"));

    run();

    assertThat(members(campaign)).isEqualTo(2);
    assertThat(desk.outgoing(ada)).hasSize(1);
    assertThat(desk.outgoing(cy)).hasSize(1);
    assertThat(desk.outgoing(bo)).isEmpty();
    assertThat(desk.outgoing(unknown)).isEmpty();
  }

  private void score(Customer customer, int score) {
    jdbc.sql(
            """
            insert into health_scores (contact_global_id, project_id, score, active, formula, settings_no, factors,
              calculated_at)
            values (:contact, :project, :score, true, 1, 1, '[]', now())
            """)
        .param("contact", customer.contactId())
        .param("project", desk.project)
        .param("score", score)
        .update();
  }

  private int members(UUID campaign) {
    return jdbc.sql("select count(*) from campaign_members where campaign_id = :id")
        .param("id", campaign)
        .query(Integer.class)
        .single();
  }

  private int dueInDays(Customer customer) {
    return jdbc.sql(
            """
            select round(extract(epoch from due_at - now()) / 86400)::int from campaign_members
            where contact_global_id = :contact
            """)
        .param("contact", customer.contactId())
        .query(Integer.class)
        .single();
  }
}
