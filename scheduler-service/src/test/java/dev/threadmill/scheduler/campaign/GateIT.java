package dev.threadmill.scheduler.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.scheduler.campaign.Desk.Customer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** What becomes of messages that several claim at the same time. */
class GateIT extends CampaignRuns {
  private static final int RUNS = 4;

  @Autowired private SendGate gate;
  @Autowired private CampaignProgress progress;
  @Autowired private TransactionTemplate transaction;

  private final ExecutorService threads = Executors.newFixedThreadPool(RUNS);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void runs_that_claim_at_the_same_time_do_not_exceed_a_cap_together() throws Exception {
    for (int n = 0; n < 20; n++) {
      desk.customer("Customer " + n);
    }
    List<UUID> messages = ready(Desk.rules(true, 10, 100, 10, null));
    assertThat(messages).hasSize(20);

    List<Verdict> verdicts = claim(RUNS, messages);

    assertThat(verdicts).filteredOn(Verdict.Send.class::isInstance).hasSize(10);
    assertThat(
            jdbc.sql(
                    "select count(*) from outbound_messages where project_id = :project and state = 'sending'")
                .param("project", desk.project)
                .query(Integer.class)
                .single())
        .isEqualTo(10);
  }

  @Test
  void a_message_that_two_runs_claim_at_the_same_time_is_sent_by_one_of_them() throws Exception {
    for (int n = 0; n < 10; n++) {
      desk.customer("Customer " + n);
    }
    for (UUID message : ready(Desk.rules(true, 100, 100, 10, null))) {
      List<Verdict> verdicts = claim(2, List.of(message));

      assertThat(verdicts).hasSize(2);
      assertThat(verdicts).hasAtLeastOneElementOfType(Verdict.Send.class);
      assertThat(verdicts).hasAtLeastOneElementOfType(Verdict.Passed.class);
    }
  }

  @Test
  void a_claim_waits_for_an_opt_out_that_is_being_written_and_then_keeps_to_it() throws Exception {
    Customer ada = desk.customer("Ada");
    UUID message = ready(Desk.rules(true, 100, 100, 10, null)).getFirst();

    Future<Verdict> claimed =
        transaction.execute(
            status -> {
              // As POST /opt-outs does it.
              optOut(ada);
              progress.stop(desk.project, null, List.of(ada.contactId()), MemberStop.OPTED_OUT);
              Future<Verdict> claim =
                  threads.submit(() -> gate.claim(desk.project, message, Caps.unknown()));
              await().atMost(Duration.ofSeconds(20)).until(this::somebodyWaits);
              return claim;
            });

    assertThat(claimed.get()).isInstanceOf(Verdict.Passed.class);
    assertThat(desk.state(ada)).isEqualTo("cancelled");
    assertThat(desk.member(ada)).isEqualTo("stopped opted_out");
  }

  private boolean somebodyWaits() {
    return jdbc.sql(
            """
            select exists (
              select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like '%o.contact_global_id, now() as now%')
            """)
        .query(Boolean.class)
        .single();
  }

  /** Messages that were approved and are due: one for each customer. */
  private List<UUID> ready(CampaignRules rules) {
    desk.campaign(rules, Desk.step(0, "hello"));
    run();
    desk.move("outbound_messages set state = 'ready', due_at = now() where state = 'waiting'");
    return jdbc.sql(
            "select id from outbound_messages where project_id = :project and state = 'ready'")
        .param("project", desk.project)
        .query(UUID.class)
        .list();
  }

  /** All of these by each of so many runs, each in an order of its own. */
  private List<Verdict> claim(int runs, List<UUID> messages) throws Exception {
    var start = new CyclicBarrier(runs);
    List<Future<List<Verdict>>> claims = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      List<UUID> order = new ArrayList<>(messages);
      Collections.shuffle(order, new Random(run));
      claims.add(
          threads.submit(
              () -> {
                Caps caps = Caps.unknown();
                start.await();
                return order.stream()
                    .map(message -> gate.claim(desk.project, message, caps))
                    .toList();
              }));
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (Future<List<Verdict>> claim : claims) {
      verdicts.addAll(claim.get());
    }
    return verdicts;
  }
}
