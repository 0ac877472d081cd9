package dev.threadmill.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.metrics.Gauges;
import dev.threadmill.scheduler.SchedulerIT;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class StateMetersIT extends SchedulerIT {
  @Autowired private StateMeters state;
  @Autowired private StateTables tables;
  @Autowired private LagMeters lag;
  @Autowired private MeterRegistry meters;
  @Autowired private TransactionTemplate transaction;
  @Autowired private DailyCeiling ceiling;
  @Autowired private BrokerOffsets offsets;
  @Autowired private KafkaConnection kafka;

  @Test
  void what_waits_in_the_database_is_shown() {
    double suspended = read("threadmill.schedules", "status", "suspended");
    double messages = read("threadmill.entities", "kind", "messages");
    UUID project = newProject();
    long schedule = due(project, JobType.HEALTH_SCORING, 900, "0 s");
    jdbc.sql("update scheduled_jobs set status = 'suspended' where id = :id")
        .param("id", schedule)
        .update();
    jdbc.sql("insert into row_counts (project_id, kind, n) values (:project, 'messages', 70)")
        .param("project", project)
        .update();
    jdbc.sql(
            "insert into row_count_changes (project_id, kind, delta) values (:project, 'messages', 7)")
        .param("project", project)
        .update();

    assertThat(read("threadmill.schedules", "status", "suspended")).isEqualTo(suspended + 1);
    assertThat(read("threadmill.entities", "kind", "messages")).isEqualTo(messages + 77);
    assertThat(read("threadmill.postgres.connections")).isPositive();
    assertThat(read("threadmill.postgres.max.connections")).isGreaterThan(10);
    assertThat(read("threadmill.state.age.seconds")).isBetween(0.0, 60.0);
  }

  @Test
  void a_chunk_counts_as_waiting_for_a_worker_until_its_project_has_spent_the_daily_ceiling() {
    double days = 100 * 86_400;
    UUID project = newProject();
    jdbc.sql(
            """
            with source as (
              insert into project_sources (project_id, source_kind, base_url, external_id)
              values (:project, 'chatwoot', 'https://' || :project || '.example.com', '1') returning *),
            conversation as (
              insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
                created_at, last_activity_at, data)
              select 'cw:' || project_id || ':1:1', project_id, id, 1, 1, 'open', now(), now(), '{}' from source returning *),
            message as (
              insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content,
                private, created_at, data)
              select 'cwmsg:' || :project || ':1:1', project_id, global_id, 1, 'incoming', 'late', false, now(), '{}'
              from conversation returning *)
            insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
              content_tokens, next_attempt_at)
            select project_id, conversation_global_id, global_id, 0, content, repeat('0', 64), 1, now() - interval '100 days'
            from message
            """)
        .param("project", project)
        .update();
    double due = read("threadmill.chunks.oldest.pending.seconds");

    jdbc.sql(
            """
            insert into embedding_usage (project_id, day, model, cost_usd)
            values (:project, (now() at time zone 'UTC')::date, 'm', 600),
              (:project, (now() at time zone 'UTC')::date, 'n', 400)
            """)
        .param("project", project)
        .update();

    assertThat(due).isGreaterThanOrEqualTo(days);
    await()
        .untilAsserted(
            () -> assertThat(read("threadmill.chunks.oldest.pending.seconds")).isLessThan(days));
  }

  @Test
  void a_schedule_is_overdue_two_ticks_and_half_a_minute_after_its_time() {
    var before = tables.schedules(60);
    due(newProject(), JobType.CHATWOOT_SYNC, 900, "145 s");
    long late = due(newProject(), JobType.CHATWOOT_SYNC, 900, "155 s");

    var after = tables.schedules(60);
    jdbc.sql("update scheduled_jobs set next_run_at = now() + interval '1 day' where id >= :id - 1")
        .param("id", late)
        .update();

    assertThat(after.due()).isEqualTo(before.due() + 2);
    assertThat(after.overdue()).isEqualTo(before.overdue() + 1);
  }

  @Test
  void ticks_are_late_also_where_none_was_ever_processed() {
    double day = 86_400;
    transaction.executeWithoutResult(
        soon -> {
          soon.setRollbackOnly();
          jdbc.sql("lock table scheduler_ticks in exclusive mode").update();
          jdbc.sql("update projects set created_at = now() - interval '30 days' where id = :id")
              .param("id", newProject())
              .update();
          jdbc.sql("delete from scheduler_ticks").update();
          assertThat(tables.ticks().age()).isGreaterThanOrEqualTo(30 * day);
          assertThat(tables.ticks().lag()).isZero();

          jdbc.sql(
                  """
                  insert into scheduler_ticks (trigger, max_due, slot, interval_seconds, requested_at)
                  values ('timer', 100, now() - interval '48 h', 300, now() - interval '24 h')
                  """)
              .update();

          StateTables.Ticks unprocessed = tables.ticks();
          assertThat(unprocessed.age()).isGreaterThanOrEqualTo(30 * day);
          assertThat(unprocessed.lag()).isEqualTo(day);
          assertThat(unprocessed.intervalSeconds()).isEqualTo(300);
          jdbc.sql("update scheduler_ticks set processed_at = now()").update();
          // Within a transaction the database's clock stands still.
          assertThat(tables.ticks()).isEqualTo(new StateTables.Ticks(2 * day, 0, 300));
        });
  }

  @Test
  void a_source_that_never_was_complete_counts_from_its_binding_unless_its_sync_is_paused() {
    UUID project = newProject();
    jdbc.sql(
            """
            insert into project_sources (project_id, source_kind, base_url, external_id, created_at)
            values (:project, 'chatwoot', 'https://' || :project || '.example.com', '7', now() - interval '3 h')
            """)
        .param("project", project)
        .update();

    assertThat(completeness(project)).hasSize(1).allMatch(age -> age > 3 * 3600 - 1);
    due(project, JobType.CHATWOOT_SYNC, 900, "-1 day");
    jdbc.sql("update scheduled_jobs set status = 'paused' where project_id = :project")
        .param("project", project)
        .update();
    assertThat(completeness(project)).isEmpty();
  }

  @Test
  void a_sync_that_rests_outside_of_its_window_is_as_complete_as_its_last_run_was() {
    UUID project = newProject();
    jdbc.sql(
            """
            insert into project_sources (project_id, source_kind, base_url, external_id, created_at)
            values (:project, 'chatwoot', 'https://' || :project || '.example.com', '7', now() - interval '16 h')
            """)
        .param("project", project)
        .update();
    due(project, JobType.CHATWOOT_SYNC, 900, "-1 day");
    assertThat(completeness(project)).hasSize(1).allMatch(age -> age >= 16 * 3600);

    jdbc.sql(
            """
            update scheduled_jobs
            set window_from = '08:00', window_until = '18:00', last_run_at = now() - interval '14 h'
            where project_id = :project
            """)
        .param("project", project)
        .update();

    assertThat(completeness(project)).hasSize(1).allMatch(age -> age < 3 * 3600);
  }

  private List<Double> completeness(UUID project) {
    return tables.completenessAge().stream()
        .filter(age -> age.project().equals(project))
        .map(StateTables.OfProject::value)
        .toList();
  }

  @Test
  void consumers_and_dead_letters_are_shown_for_each_group_and_topic() {
    await()
        .untilAsserted(
            () -> {
              lag.sweep();
              assertThat(meters.find("threadmill.kafka.lag.records").gauges()).hasSize(6);
            });
    assertThat(meters.find("threadmill.kafka.lag.seconds").gauges()).hasSize(6);
    assertThat(meters.find("threadmill.dead.letters.stored").gauges()).hasSize(4);
  }

  /** With a registry of its own: the service's sweeps go on. */
  @Test
  void what_was_read_too_long_ago_is_shown_no_more() {
    var registry = new SimpleMeterRegistry();
    var server = new ServerMeters(registry);
    var oneState = new StateMeters(tables, server, ceiling, new ProjectLabel(false), registry);
    var oneLag = new LagMeters(offsets, kafka, registry);
    oneState.sweep();
    await()
        .until(
            () -> {
              oneLag.sweep();
              return !registry.find("threadmill.kafka.lag.records").gauges().isEmpty();
            });
    List<String> shown = valid(registry);
    new StaleMeters(oneState, oneLag).sweep();
    assertThat(valid(registry))
        .isEqualTo(shown)
        .contains("threadmill.chunks.oldest.pending.seconds", "threadmill.tick.lag.seconds");

    oneState.forgetAfter(Duration.ZERO);
    oneLag.forgetAfter(Duration.ZERO);

    assertThat(valid(registry)).containsExactly("threadmill.state.age.seconds");
    assertThat(registry.get("threadmill.postgres.commits").functionCounter().count()).isPositive();
    oneState.sweep();
    await()
        .untilAsserted(
            () -> {
              oneLag.sweep();
              assertThat(valid(registry)).isEqualTo(shown);
            });
  }

  /** Names of the gauges that have a number. */
  private static List<String> valid(MeterRegistry registry) {
    return registry.getMeters().stream()
        .filter(meter -> meter instanceof Gauge gauge && !Double.isNaN(gauge.value()))
        .map(meter -> meter.getId().getName())
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void failures_and_retries_of_every_job_are_shown_before_there_are_any() {
    int jobs = JobType.values().length;

    assertThat(meters.find("threadmill.runs").tag("status", "failed").timers())
        .hasSize(jobs * RunTrigger.values().length);
    assertThat(meters.find("threadmill.run.retries").counters()).hasSize(jobs);
  }

  @Test
  void projects_are_a_label_only_where_that_is_wanted() {
    var one = new StateTables.OfProject(new UUID(0, 1), 3);
    var other = new StateTables.OfProject(new UUID(0, 2), 4);

    assertThat(shown(false, one, other)).containsExactly("[] 4.0");
    assertThat(shown(true, one, other))
        .containsExactlyInAnyOrder(
            "[tag(project=00000000-0000-0000-0000-000000000001)] 3.0",
            "[tag(project=00000000-0000-0000-0000-000000000002)] 4.0");
  }

  private static List<String> shown(boolean byProject, StateTables.OfProject... values) {
    var registry = new SimpleMeterRegistry();
    var gauge = new Gauges(registry, "of.projects", "Of projects");
    new ProjectLabel(byProject).highest(gauge, List.of(values));
    return registry.find("of.projects").gauges().stream()
        .map(meter -> meter.getId().getTags() + " " + meter.value())
        .toList();
  }

  private double read(String name, String... tags) {
    state.sweep();
    List<Tag> wanted = Tags.of(tags).stream().toList();
    return meters.get(name).tags(wanted).gauge().value();
  }
}
