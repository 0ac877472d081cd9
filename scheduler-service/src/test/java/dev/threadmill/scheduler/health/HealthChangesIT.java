package dev.threadmill.scheduler.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.health.HealthSettingsTable;
import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.run.JobRun;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Contacts that are merged, erased or broken, and weights that change. */
class HealthChangesIT extends HealthRuns {
  @Autowired private Erasures erasures;
  @Autowired private HealthSettingsTable settings;
  @Autowired private TransactionTemplate transaction;

  @Test
  void a_merge_moves_what_is_known_and_a_contact_that_is_gone_has_no_score() {
    String merged = contact(1);
    String base = contact(2);
    String conversation = conversation(merged, "open");
    message(conversation, "incoming", "20 hours");
    fine(base);
    ran();
    int waiting = score(merged);
    assertThat(score(base)).isEqualTo(100);

    jdbc.sql("update cw_conversations set contact_global_id = :to where global_id = :id")
        .param("to", base)
        .param("id", conversation)
        .update();
    jdbc.sql("update cw_contacts set deleted_at = now() where global_id = :id")
        .param("id", merged)
        .update();
    JsonNode moved = ran();

    assertThat(moved.path("removed").asInt()).isEqualTo(1);
    assertThat(score(merged)).isNull();
    assertThat(score(base)).isBetween(waiting, 99);
    assertThat(count("health_history")).isEqualTo(1);
    requireSums();

    override(base, "30 days");
    jdbc.sql("update cw_contacts set deleted_at = now() where global_id = :id")
        .param("id", base)
        .update();
    ran();
    assertThat(count("health_scores")).isZero();
    assertThat(count("health_overrides")).isZero();
    requireSums();

    jdbc.sql("update cw_contacts set deleted_at = null where global_id = :id")
        .param("id", base)
        .update();
    ran();
    assertThat(score(base)).as("it was restored").isBetween(waiting, 99);
  }

  @Test
  void what_is_erased_is_scored_no_more() {
    String contact = contact(1);
    String other = contact(2);
    fine(contact);
    String bad = conversation(contact, "open");
    message(bad, "incoming", "40 hours");
    fine(other);
    ran();
    assertThat(score(contact)).isLessThan(75);

    erase(Kind.CONVERSATION, Long.parseLong(bad.substring(bad.lastIndexOf(':') + 1)));
    ran();
    assertThat(score(contact)).isEqualTo(100);

    erase(Kind.CONTACT, 1);
    ran();
    assertThat(score(contact)).isNull();
    assertThat(count("health_scores")).isEqualTo(1);
    assertThat(count("health_conversations")).isEqualTo(1);
    requireSums();
  }

  private void erase(Kind kind, long id) {
    var wish =
        transaction.execute(
            status -> erasures.request(source, kind, id, "test").orElseThrow().erasure());
    // The scheduler's own sweep may do it as well.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              erasures.advance(100);
              return erasures.find(project, wish.id()).orElseThrow().finishedAt() != null;
            });
  }

  @Test
  void one_that_can_not_be_worked_harms_no_other() {
    String broken = contact(1);
    String spoilt = contact(2);
    String fine = contact(3);
    String brokenOne = fine(broken);
    fine(spoilt);
    String fineOne = fine(fine);
    ran();
    message(brokenOne, "incoming", "20 hours");
    message(fineOne, "incoming", "20 hours");
    jdbc.sql("update health_conversations set facts = '[]' where contact_global_id = :c")
        .param("c", spoilt)
        .update();
    jdbc.sql("select note_health_due(array[:c])").param("c", spoilt).query().listOfRows();
    jdbc.sql(
            """
            create or replace function refuse_facts() returns trigger language plpgsql as $$
            begin raise exception 'refused'; end $$;
            create trigger refuse_facts before insert on health_conversations for each row
            when (new.conversation_global_id = '%s') execute function refuse_facts()
            """
                .formatted(brokenOne))
        .update();

    JobRun run = run();

    jdbc.sql("drop trigger refuse_facts on health_conversations").update();
    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("failed").asInt()).isEqualTo(2);
    assertThat(score(fine)).isLessThan(100);
    assertThat(score(spoilt)).as("as it was").isEqualTo(100);
    assertThat(ran().path("failed").asInt()).as("they wait for their next turn").isZero();
    assertThat(
            jdbc.sql(
                    """
                    select failures from health_due where project_id = :p and failures > 0
                    union all
                    select failures from changed_conversations where project_id = :p and reader = 'health'
                    """)
                .param("p", project)
                .query(Integer.class)
                .list())
        .containsExactly(1, 1);
  }

  @Test
  void whoever_writes_signals_keeps_nobody_from_storing_their_conversation() {
    String contact = contact(1);
    String conversation = fine(contact);
    ran();
    var another = new TransactionTemplate(transaction.getTransactionManager());
    another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

    transaction.executeWithoutResult(
        signals -> {
          signal(conversation, "complaint", 5, "accepted", "1 hour");
          another.executeWithoutResult(
              sync -> {
                // Else the test would wait for itself.
                jdbc.sql("set local lock_timeout = '2s'").update();
                message(conversation, "incoming", "1 hour");
              });
        });

    ran();
    assertThat(factor(contact, "negative_signals").path("risk").asDouble()).isPositive();
    assertThat(factor(contact, "unanswered").path("value").asDouble()).isPositive();
    assertThat(count("health_signal_changes")).isZero();
  }

  @Test
  void other_weights_make_all_scores_again_and_old_history_goes() {
    String waits = contact(1);
    String content = contact(2);
    message(conversation(waits, "open"), "incoming", "20 hours");
    fine(content);
    ran();
    int before = score(waits);
    jdbc.sql(
            """
            insert into health_history (contact_global_id, project_id, day, score)
            select :c, :p, current_date - n, 50 from unnest(array[1, 399, 401, 402, 5000]) n
            """)
        .param("c", waits)
        .param("p", project)
        .update();

    override(waits, "-91 days");
    override(content, "-89 days");
    settings.change(project, new HealthWeights(100, 0, 10, 0, 0, 0), "Ada");
    JsonNode again = ran();

    assertThat(again.path("contacts").asInt()).isEqualTo(2);
    assertThat(score(waits)).isLessThan(before - 10);
    assertThat(score(content)).isEqualTo(100);
    assertThat(count("health_history")).isEqualTo(4);
    assertThat(count("health_overrides")).as("not yet the younger one").isEqualTo(1);
    assertThat(ran().path("contacts").asInt()).isZero();
    requireSums();
  }
}
