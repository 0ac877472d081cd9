package dev.threadmill.scheduler.tick;

import static dev.threadmill.core.job.JobType.CHATWOOT_SYNC;
import static dev.threadmill.core.job.JobType.EMBEDDINGS_RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.scheduler.SchedulerIT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Both queue several runs in one transaction, and must not wait for each other in a circle. */
class TickAndCascadeIT extends SchedulerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @Autowired private TickProcessor processor;
  @Autowired private TickLog ticks;
  @Autowired private TransactionTemplate transaction;
  @Autowired private RunLog runLog;

  @Test
  void a_tick_and_the_end_of_a_sync_that_cascades_do_not_wait_for_each_other() throws Exception {
    UUID project = newProject();
    due(project, EMBEDDINGS_RUN, 900, "2 min");
    due(project, CHATWOOT_SYNC, 900, "1 min");

    assertThat(tickWhileASyncEnds(project, ticks.requestManual(project, 10).id())).isTrue();

    assertThat(runs(project)).as("the old sync, the new one, one embedding").isEqualTo(3);
  }

  /** The two schedules of one project lie as far apart as can be. */
  @Test
  void a_tick_with_thousands_due_and_the_end_of_a_sync_that_cascades_do_not_wait_for_each_other()
      throws Exception {
    UUID project = newProject();
    due(project, EMBEDDINGS_RUN, 86_400, "2 min");
    manyDue(2500);
    due(project, CHATWOOT_SYNC, 86_400, "1 s");

    assertThat(tickWhileASyncEnds(project, ticks.requestManual(null, 10_000).id())).isTrue();

    assertThat(runs(project)).as("the old sync, the new one, one embedding").isEqualTo(3);
    assertThat(
            jdbc.sql(
                    "select count(*) from scheduled_jobs where status = 'active' and next_run_at <= now()")
                .query(Integer.class)
                .single())
        .isZero();
  }

  /** Ends that cascade, as they are, against ticks, as they are. */
  @Test
  void many_syncs_that_end_while_ticks_go_on_never_lock_each_other_out() throws Exception {
    long before = deadlocks();
    List<UUID> projects = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      UUID project = newProject();
      due(project, EMBEDDINGS_RUN, 86_400, "-1 h");
      due(project, CHATWOOT_SYNC, 86_400, "-1 h");
      projects.add(project);
    }
    for (int round = 0; round < 10; round++) {
      projects.forEach(
          project -> {
            due(project, EMBEDDINGS_RUN, 86_400, "2 min");
            due(project, CHATWOOT_SYNC, 86_400, "1 min");
          });
      UUID tick = ticks.requestManual(null, 10_000).id();
      List<Callable<Boolean>> both = new ArrayList<>();
      both.add(() -> processor.process(tick));
      projects.forEach(project -> both.add(() -> endSync(project)));

      assertThat(atOnce(both)).containsOnly(true);
    }
    projects.forEach(project -> assertThat(active(project)).isLessThanOrEqualTo(2));
    assertThat(deadlocks()).isEqualTo(before);
  }

  /** As a worker ends a run that changed something: in one statement. */
  private boolean endSync(UUID project) {
    return jdbc.sql(
                """
                with ended as (
                  update job_runs set status = 'ok', finished_at = now(), lease_until = null
                  where project_id = :p and job_name = 'chatwoot_sync' and status in ('queued', 'running')
                  returning project_id)
                insert into job_runs (project_id, job_name, trigger, requested_by)
                select project_id, 'embeddings_run', 'cascade', 'chatwoot_sync' from ended
                on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
                """)
            .param("p", project)
            .update()
        >= 0;
  }

  private int active(UUID project) {
    return jdbc.sql(
            "select count(*) from job_runs where project_id = :p and status in ('queued', 'running')")
        .param("p", project)
        .query(Integer.class)
        .single();
  }

  private long deadlocks() {
    return jdbc.sql("select deadlocks from pg_stat_database where datname = current_database()")
        .query(Long.class)
        .single();
  }

  /** Of a job that nobody works here, each of a project of its own. */
  private void manyDue(int schedules) {
    jdbc.sql(
            """
            with p as (
              insert into projects (name) select gen_random_uuid()::text from generate_series(1, :n) returning id)
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
            select id, 'chatwoot_sync', 86400, now() - interval '1 min' from p
            """)
        .param("n", schedules)
        .update();
  }

  /** What the end of a sync does in one statement is done in two here, with the tick in between. */
  private boolean tickWhileASyncEnds(UUID project, UUID tick) throws Exception {
    runLog.request(new RunRequest(project, CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of()));
    try (var threads = Executors.newFixedThreadPool(1)) {
      Future<Boolean> ticked =
          transaction.execute(
              status -> {
                jdbc.sql(
                        "update job_runs set status = 'ok', finished_at = now() where project_id = :p")
                    .param("p", project)
                    .update();
                Future<Boolean> processed = threads.submit(() -> processor.process(tick));
                await().atMost(PATIENCE).until(this::aTickWaits);
                jdbc.sql(
                        """
                        insert into job_runs (project_id, job_name, trigger, requested_by)
                        values (:p, 'embeddings_run', 'cascade', 'chatwoot_sync')
                        on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
                        """)
                    .param("p", project)
                    .update();
                return processed;
              });
      return ticked.get();
    }
  }

  private boolean aTickWaits() {
    return jdbc.sql(
            """
            select exists (
              select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into job_runs%')
            """)
        .query(Boolean.class)
        .single();
  }

  private static List<Boolean> atOnce(List<Callable<Boolean>> calls) throws Exception {
    List<Boolean> answers = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      for (Future<Boolean> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }
}
