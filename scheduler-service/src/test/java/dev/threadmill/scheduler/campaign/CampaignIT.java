package dev.threadmill.scheduler.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.QuietHours;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.scheduler.SchedulerIT;
import dev.threadmill.scheduler.campaign.Desk.Customer;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class CampaignIT extends SchedulerIT {
  @Autowired private RunRequests requests;
  @Autowired private Sources sources;
  @Autowired private SourceSecrets secrets;
  @Autowired private SendGate gate;
  @Autowired private GateTable gateTable;
  @Autowired private OutboundTable outbound;
  @Autowired private CampaignTable campaigns;
  @Autowired private CampaignProgress progress;
  @Autowired private ChatwootSender sender;
  @Autowired private SendingAccounts accounts;
  @Autowired private Lines lines;
  @Autowired private TransactionTemplate transaction;

  private Desk desk;

  @BeforeEach
  void open() {
    desk = new Desk(jdbc, newProject(), sources, secrets);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  /** How a run ended, and its result. */
  private record Ended(String status, String result, String errorClass) {}

  private Ended run() {
    UUID id =
        requests
            .request(
                new RunRequest(
                    desk.project, JobType.CAMPAIGN_SCHEDULER, RunTrigger.MANUAL, "test", Map.of()))
            .runId();
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                jdbc.sql(
                        """
                        select status, coalesce(result::text, '') as result, coalesce(error_class, '') as error_class
                        from job_runs where id = :id
                        """)
                    .param("id", id)
                    .query(
                        (row, n) ->
                            new Ended(
                                row.getString("status"),
                                row.getString("result"),
                                row.getString("error_class")))
                    .single(),
            ended -> !ended.status().equals("running") && !isNew(id, ended));
  }

  /** Queued for the first time: a run that was put off has an error class. */
  private boolean isNew(UUID id, Ended ended) {
    return ended.status().equals("queued")
        && jdbc.sql("select attempt = 0 from job_runs where id = :id")
            .param("id", id)
            .query(Boolean.class)
            .single();
  }

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
  void a_message_whose_answer_was_lost_is_looked_for_and_not_sent_again() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.free(), Desk.step(0, "only once"));
    desk.chatwoot.faults().add(Fault.cutAfterProcessing().on("^POST .*/messages"));

    Ended cut = run();
    assertThat(cut.result()).contains("\"unknown\": 1");
    assertThat(desk.state(ada)).isEqualTo("unknown");
    run();
    assertThat(desk.chatwoot.requests().count("POST /conversations/:id/messages")).isEqualTo(1);
    desk.laterCheck();
    Ended found = run();

    assertThat(found.result()).contains("\"found\": 1");
    assertThat(desk.outgoing(ada)).containsExactly("only once");
    assertThat(desk.state(ada)).isEqualTo("sent");
    assertThat(desk.member(ada)).isEqualTo("finished");
    assertThat(desk.chatwoot.requests().count("POST /conversations/:id/messages")).isEqualTo(1);
  }

  @Test
  void a_message_that_never_arrived_is_sent_again_and_one_that_was_deleted_is_not() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    desk.chatwoot.faults().add(Fault.cut().on("^POST .*/messages"));
    run();
    assertThat(desk.state(ada)).isEqualTo("unknown");
    desk.laterCheck();
    Ended again = run();

    assertThat(again.result()).contains("\"not_found\": 1", "\"sent\": 1");
    assertThat(desk.outgoing(ada)).containsExactly("hello");

    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.free(), Desk.step(0, "oops"));
    desk.chatwoot.faults().add(Fault.status(502).on("^POST .*/messages").times(2));
    run();
    desk.chatwoot
        .account()
        .messages()
        .delete(desk.chatwoot.account().messages().outgoing(bo.conversation(), "oops"));
    desk.laterCheck();
    run();

    // Nobody can tell whether the deleted one was ours.
    assertThat(desk.state(bo)).isEqualTo("failed");
    assertThat(desk.member(bo)).isEqualTo("stopped failed");
  }

  @Test
  void a_conversation_that_cannot_be_read_keeps_no_other_from_it_and_is_given_up_after_a_day() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    desk.chatwoot.faults().add(Fault.cutAfterProcessing().on("^POST .*/messages").times(2));
    run();
    desk.chatwoot
        .faults()
        .add(
            Fault.brokenJson()
                .on("^GET .*/conversations/%d/messages".formatted(ada.conversation()))
                .always());
    desk.laterCheck();
    desk.move(
        "outbound_messages set check_at = now() - interval '1 hour' where contact_global_id = '%s'"
            .formatted(ada.contactId()));

    Ended ended = run();

    assertThat(ended.status()).as(ended.toString()).isEqualTo("ok");
    assertThat(desk.state(ada) + " " + desk.state(bo)).isEqualTo("unknown sent");
    desk.move(
        "outbound_messages set claimed_at = now() - interval '25 hours' where state = 'unknown'");
    desk.laterCheck();
    run();
    assertThat(desk.state(ada)).isEqualTo("failed");
    assertThat(desk.member(ada)).isEqualTo("stopped failed");
  }

  @Test
  void of_an_answer_that_is_full_nothing_is_concluded() {
    Customer ada = desk.customer("Ada");
    for (int n = 0; n < 1000; n++) {
      desk.chatwoot.account().messages().incoming(ada.conversation(), "and " + n);
    }

    LookAnswer answer =
        sender.look(
            accounts.of(desk.source).orElseThrow(),
            ada.conversation(),
            new SearchedMessage(UUID.randomUUID(), "hello", 0));

    assertThat(answer).isInstanceOf(LookAnswer.Unanswered.class);
  }

  @Test
  void a_message_that_is_not_there_is_cancelled_when_its_campaign_was_ended_meanwhile() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    desk.chatwoot.faults().add(Fault.status(422).on("^POST .*/messages"));
    run();
    // Chatwoot's 422 does not say whether it was stored.
    assertThat(desk.state(ada)).isEqualTo("unknown");
    assertThat(desk.message(ada).get("claimed_at")).isNotNull();
    desk.move("campaigns set state = 'completed', completed_at = now() where state = 'running'");
    run();
    desk.laterCheck();

    run();

    assertThat(desk.state(ada)).isEqualTo("cancelled");
    assertThat(desk.message(ada)).containsEntry("reason", "campaign_completed");
    assertThat(desk.outgoing(ada)).isEmpty();
  }

  @Test
  void an_opt_out_goes_along_when_chatwoot_merges_its_contact_into_another() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    optOut(ada);
    desk.move(
        "cw_conversations set contact_global_id = '%s' where contact_global_id = '%s'"
            .formatted(bo.contactId(), ada.contactId()));
    desk.move("outbound_messages set state = 'ready', due_at = now() where state = 'waiting'");

    run();

    assertThat(desk.member(bo)).isEqualTo("stopped opted_out");
    assertThat(desk.outgoing(bo)).isEmpty();
  }

  @Test
  void who_answers_a_campaign_that_they_want_no_more_has_opted_out() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    Customer cy = desk.customer("Cy");
    desk.writes(cy, "Stop");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    run();

    desk.writes(ada, "Please don't write to me again!");
    desk.writes(bo, "I don't get any messages, please stop by");

    assertThat(
            jdbc.sql("select contact from campaign_opt_outs where project_id = :project")
                .param("project", desk.project)
                .query(String.class)
                .list())
        .containsExactly(ada.contactId());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "STOP!; true",
        "Hello, please UNSUBSCRIBE me; true",
        "Stop writing me.; true",
        "Por favor, no me escriban más; true",
        "Não quero receber mais mensagens; true",
        "Bitte schreiben Sie mir nicht mehr.; true",
        "Je ne souhaite plus recevoir de messages; true",
        "НЕ ПИШИТЕ МНЕ БОЛЬШЕ; true",
        "Стоп; true",
        "The printer stops after one page; false",
        "I have no more messages in my inbox; false",
        "Ich bekomme keine Nachrichten mehr; false",
        "Do not contact me at this number, use the other one; false",
        "No quiero esperar más; false",
        "Je ne reçois plus de messages; false",
        "Почему вы мне не пишете?; false"
      })
  void only_whole_phrases_say_that_somebody_wants_no_more(String text, boolean wantsNoMore) {
    assertThat(
            jdbc.sql("select wants_no_more(:text)")
                .param("text", text)
                .query(Boolean.class)
                .single())
        .isEqualTo(wantsNoMore);
  }

  @Test
  void a_run_that_dies_before_or_after_its_request_leads_to_no_second_message() {
    Customer before = desk.customer("Ada");
    Customer after = desk.customer("Bo");
    desk.campaign(Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    desk.move("outbound_messages set state = 'ready', due_at = now() where state = 'waiting'");
    // What a process does until it is killed: it claims, and then, or not, it sends.
    claim(before);
    Claim claimed = claim(after);
    SendAnswer answer =
        sender.send(
            accounts.of(desk.source).orElseThrow(),
            claimed.conversation(),
            claimed.id(),
            claimed.text());
    assertThat(answer).isInstanceOf(SendAnswer.Sent.class);

    run();
    assertThat(desk.outgoing(before)).isEmpty();
    desk.laterCheck();
    Ended taken = run();

    assertThat(taken.result()).contains("\"found\": 1", "\"not_found\": 1");
    assertThat(desk.outgoing(before)).containsExactly("hello");
    assertThat(desk.outgoing(after)).containsExactly("hello");
    // Who was only slow, and wakes now, writes nothing.
    assertThat(outbound.sent(claimed.id(), claimed.fence(), 1)).isFalse();
    run();
    assertThat(desk.outgoing(after)).containsExactly("hello");
  }

  private Claim claim(Customer customer) {
    Verdict verdict = gate.claim(desk.project, (UUID) desk.message(customer).get("id"));
    return ((Verdict.Send) verdict).claim();
  }

  @Test
  void caps_count_what_went_out_in_a_window_that_slides() {
    List<Customer> all = List.of("Ada", "Bo", "Cy").stream().map(desk::customer).toList();
    desk.campaign(Desk.rules(false, 2, 100, 10, null), Desk.step(0, "one"), Desk.step(0, "two"));
    run();
    run();
    // The third waits, and what is due later waits behind it.
    assertThat(sent()).isEqualTo(2);
    desk.move(
        "outbound_messages set claimed_at = claimed_at - interval '24 hours' where claimed_at is not null");
    run();
    assertThat(sent()).isEqualTo(4);
    assertThat(all).allMatch(customer -> desk.outgoing(customer).getFirst().equals("one"));
    // Half of the window is over.
    desk.move(
        "outbound_messages set claimed_at = claimed_at - interval '12 hours' where claimed_at is not null");
    run();
    assertThat(sent()).isEqualTo(4);
    desk.move(
        "outbound_messages set claimed_at = claimed_at - interval '12 hours' where claimed_at is not null");
    run();
    assertThat(sent()).isEqualTo(6);
  }

  @Test
  void a_contact_and_a_project_get_so_many_messages_a_week_over_all_campaigns() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.rules(false, 100, 100, 1, null), Desk.step(0, "one"));
    desk.campaign(Desk.rules(false, 100, 100, 1, null), Desk.step(0, "two"));
    run();

    assertThat(desk.outgoing(ada)).hasSize(1);
    int dueIn =
        jdbc.sql(
                "select extract(epoch from due_at - now())::int from outbound_messages where state = 'ready' and project_id = :project")
            .param("project", desk.project)
            .query(Integer.class)
            .single();
    assertThat(dueIn).isBetween(7 * 86_400 - 120, 7 * 86_400);

    Desk other = new Desk(jdbc, newProject(), sources, secrets);
    try (other) {
      desk.close();
      desk = other;
      List<Customer> all = List.of("Bo", "Cy", "Di").stream().map(desk::customer).toList();
      desk.campaign(Desk.rules(false, 100, 2, 10, null), Desk.step(0, "three"));
      run();
      assertThat(sent()).isEqualTo(2);
      desk.move(
          "outbound_messages set claimed_at = claimed_at - interval '7 days' where state = 'sent'");
      run();
      assertThat(all).allMatch(customer -> desk.outgoing(customer).size() == 1);
    }
  }

  @Test
  void a_campaign_whose_projects_week_is_full_keeps_no_other_from_sending() {
    List<Customer> all = List.of("Ada", "Bo").stream().map(desk::customer).toList();
    desk.campaign(Desk.rules(false, 100, 1, 10, null), Desk.step(0, "few"));
    desk.campaign(Desk.rules(false, 100, 100, 10, null), Desk.step(0, "many"));

    run();

    assertThat(all).allMatch(customer -> desk.outgoing(customer).contains("many"));
    assertThat(sent()).isLessThan(4);
  }

  @Test
  void quiet_hours_put_a_message_off_until_they_are_over() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    // Where Bo lives it is twelve hours later.
    desk.move(
        "cw_contacts set data = '{\"custom_attributes\": {\"timezone\": \"Etc/GMT-12\"}}' where contact_id = "
            + bo.contact());
    var hour = DateTimeFormatter.ofPattern("HH:mm");
    LocalTime now = LocalTime.now(ZoneOffset.UTC);
    var quiet =
        new QuietHours(now.minusHours(2).format(hour), now.plusHours(2).format(hour), "contact");
    desk.campaign(Desk.rules(false, 100, 100, 10, quiet), Desk.step(0, "hello"));

    Ended ended = run();

    assertThat(ended.result()).contains("\"postponed\": 1", "\"sent\": 1");
    assertThat(desk.outgoing(ada)).isEmpty();
    assertThat((Integer) desk.message(ada).get("due_in")).isBetween(7_000, 7_260);
    assertThat(desk.outgoing(bo)).containsExactly("hello");
  }

  @Test
  void a_throttle_is_waited_for_as_long_as_it_says_and_nothing_is_lost() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    desk.chatwoot.faults().add(Fault.throttled(Duration.ofSeconds(90)).on("^POST .*/messages"));

    Ended ended = run();

    assertThat(ended.status()).isEqualTo("queued");
    int waits =
        jdbc.sql(
                "select extract(epoch from due_at - now())::int from job_runs where project_id = :project and status = 'queued'")
            .param("project", desk.project)
            .query(Integer.class)
            .single();
    assertThat(waits).isBetween(60, 91);
    assertThat(desk.state(ada)).isEqualTo("ready");
    assertThat(desk.message(ada)).containsEntry("attempts", 0).containsEntry("claimed_at", null);
  }

  @Test
  void a_refused_token_fails_the_run_and_a_conversation_that_is_gone_only_its_message() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    desk.chatwoot.tokens().revoke(ChatwootSimulator.ADMIN_TOKEN);

    // It has enrolled and drafted, at least.
    assertThat(run().status()).isEqualTo("partial");

    Ended refused = run();

    assertThat(refused.status()).isEqualTo("failed");
    assertThat(refused.errorClass()).isEqualTo("chatwoot_unauthorized");
    assertThat(desk.state(ada)).isEqualTo("ready");
    assertThat(desk.state(bo)).isEqualTo("ready");

    desk.chatwoot.tokens().addAdministrator(ChatwootSimulator.ADMIN_TOKEN);
    desk.chatwoot.account().conversations().delete(ada.conversation());
    Ended ended = run();

    assertThat(ended.status()).as(ended.toString()).isEqualTo("ok");
    assertThat(desk.member(ada)).isEqualTo("stopped conversation_gone");
    assertThat(desk.outgoing(bo)).containsExactly("hello");
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

  private int sent() {
    return jdbc.sql(
            "select count(*) from outbound_messages where project_id = :project and state = 'sent'")
        .param("project", desk.project)
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

  private String state(UUID campaign) {
    return jdbc.sql("select state from campaigns where id = :id")
        .param("id", campaign)
        .query(String.class)
        .single();
  }

  private void optOut(Customer customer) {
    jdbc.sql(
            "insert into campaign_opt_outs (project_id, contact, created_by) values (:project, :contact, 'Noor')")
        .param("project", desk.project)
        .param("contact", customer.contactId())
        .update();
  }
}
