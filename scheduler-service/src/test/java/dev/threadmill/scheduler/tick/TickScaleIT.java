package dev.threadmill.scheduler.tick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.tick.TickLog;
import dev.threadmill.scheduler.SchedulerIT;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/**
 * Ticks among 60,000 schedules. Says how long they take; nothing here depends on it, for the
 * machine is shared.
 */
@TestPropertySource(properties = "CONCURRENT_RUNS=1")
class TickScaleIT extends SchedulerIT {
  private static final int PROJECTS = 10_000;
  private static final int DUE = 1_000;
  private static final int ROUNDS = 7;

  @Autowired private TickProcessor processor;
  @Autowired private TickLog ticks;

  @BeforeEach
  void sixty_thousand_schedules() {
    jdbc.sql(
            "insert into projects (name) select 'p' || n from generate_series(1, :n) n on conflict do nothing")
        .param("n", PROJECTS)
        .update();
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
            select p.id, job, 900, now() + interval '1 day' from projects p
            cross join unnest(array['chatwoot_sync', 'embeddings_run', 'signals_extraction', 'health_scoring',
              'campaign_scheduler', 'analytics_aggregates']) job
            on conflict (project_id, job_type) do update set next_run_at = excluded.next_run_at
            """)
        .update();
    jdbc.sql("analyze scheduled_jobs").update();
    jdbc.sql("analyze job_runs").update();
  }

  @Test
  void a_tick_that_finds_a_thousand_due_among_sixty_thousand_queues_each_once() {
    List<Double> milliseconds = new ArrayList<>();
    double work = 0;
    for (int round = 0; round < ROUNDS; round++) {
      makeDue();
      UUID tick = ticks.requestManual(null, 10_000).id();

      double worked = databaseWork();
      long begin = System.nanoTime();
      assertThat(processor.process(tick)).isTrue();
      milliseconds.add((System.nanoTime() - begin) / 1e6);
      work += databaseWork() - worked;

      assertThat(ticks.outcome(tick).orElseThrow().runs()).hasSize(DUE);
      assertThat(queued()).isEqualTo(DUE);
    }
    UUID idle = ticks.requestManual(null, 10_000).id();
    long begin = System.nanoTime();
    assertThat(processor.process(idle)).isTrue();
    double nothing = (System.nanoTime() - begin) / 1e6;

    Collections.sort(milliseconds);
    System.out.printf(
        Locale.ROOT,
        "tick: 60,000 schedules, 1,000 due: fastest %.0f ms, median %.0f ms, slowest %.0f ms, of it the database's own work %.0f ms; nothing due: %.1f ms%n",
        milliseconds.getFirst(),
        milliseconds.get(ROUNDS / 2),
        milliseconds.getLast(),
        work / ROUNDS,
        nothing);
  }

  @Test
  void ten_replicas_over_a_thousand_due_queue_each_once() throws Exception {
    makeDue();
    List<Callable<Boolean>> ten = new ArrayList<>();
    for (int replica = 0; replica < 10; replica++) {
      UUID tick = ticks.requestManual(null, 10_000).id();
      ten.add(() -> processor.process(tick));
    }

    long begin = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(ten.size())) {
      for (Future<Boolean> done : threads.invokeAll(ten)) {
        assertThat(done.get()).isTrue();
      }
    }
    System.out.printf(
        Locale.ROOT, "ten ticks at once, 1,000 due: %.0f ms%n", (System.nanoTime() - begin) / 1e6);

    assertThat(queued()).isEqualTo(DUE);
    assertThat(
            jdbc.sql("select count(*) from scheduled_jobs where next_run_at <= now()")
                .query(Integer.class)
                .single())
        .isZero();
  }

  /** Of a job that nobody works here, so that only the tick is measured. */
  private void makeDue() {
    jdbc.sql("delete from job_runs").update();
    jdbc.sql(
            """
            update scheduled_jobs set next_run_at = now() - interval '1 s'
            where id in (select id from scheduled_jobs where job_type = 'chatwoot_sync' order by id limit :due)
            """)
        .param("due", DUE)
        .update();
  }

  /**
   * Processor time of this database's server processes in milliseconds, for on a machine that
   * others use, too, the clock on the wall says little. 0 where there is no {@code /proc}.
   */
  private double databaseWork() {
    return jdbc
        .sql("select pid from pg_stat_activity where datname = current_database()")
        .query(Long.class)
        .list()
        .stream()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .flatMap(process -> process.info().totalCpuDuration().stream())
        .mapToDouble(time -> time.toNanos() / 1e6)
        .sum();
  }

  private int queued() {
    return jdbc.sql("select count(*) from job_runs where status = 'queued'")
        .query(Integer.class)
        .single();
  }
}
