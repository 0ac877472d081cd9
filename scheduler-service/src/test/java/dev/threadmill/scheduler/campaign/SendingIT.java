package dev.threadmill.scheduler.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.scheduler.campaign.Desk.Customer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What becomes of a message when its account, or the process, fails. */
class SendingIT extends CampaignRuns {
  @Autowired private SendGate gate;
  @Autowired private OutboundTable outbound;
  @Autowired private ChatwootSender sender;
  @Autowired private SendingAccounts accounts;

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
    Verdict verdict =
        gate.claim(desk.project, (UUID) desk.message(customer).get("id"), Caps.unknown());
    return ((Verdict.Send) verdict).claim();
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
  void an_account_that_throttles_in_the_middle_gets_the_rest_later_and_each_message_once() {
    List<Customer> all = Stream.of("Ada", "Bo", "Cy").map(desk::customer).toList();
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    desk.chatwoot
        .faults()
        .add(Fault.throttled(Duration.ofSeconds(1)).on("^POST .*/messages").afterSkipping(1));

    Ended throttled = run();

    assertThat(throttled.status()).as(throttled.toString()).isEqualTo("queued");
    assertThat(all.stream().map(desk::state)).containsExactlyInAnyOrder("sent", "ready", "ready");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> all.stream().allMatch(customer -> desk.state(customer).equals("sent")));
    assertThat(all).allMatch(customer -> desk.outgoing(customer).equals(List.of("hello")));
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
}
