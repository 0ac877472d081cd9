package dev.threadmill.scheduler.tick;

import static dev.threadmill.core.job.JobType.CHATWOOT_SYNC;
import static dev.threadmill.core.job.JobType.EMBEDDINGS_RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.tick.Tick;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.core.tick.TickOutcome;
import dev.threadmill.core.tick.TickRequests;
import dev.threadmill.localstack.testing.TestServers;
import dev.threadmill.scheduler.SchedulerIT;
import dev.threadmill.scheduler.schedule.Seeding;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class TickIT extends SchedulerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @Autowired private TickProcessor processor;
  @Autowired private TickLog ticks;
  @Autowired private CatchingUp catchingUp;
  @Autowired private TickRequests requests;
  @Autowired private RunLog runLog;
  @Autowired private Seeding seeding;
  @Autowired private KafkaConnection kafka;

  /** Runs that others left queued, or due, would be worked first. */
  @BeforeEach
  void nothing_is_left_of_other_tests() {
    jdbc.sql(
            "update scheduled_jobs set next_run_at = now() + interval '1 day' where next_run_at <= now()")
        .update();
    jdbc.sql(
            "update job_runs set status = 'cancelled', finished_at = now() where status = 'queued'")
        .update();
  }

  @Test
  void three_ticks_at_once_over_six_due_jobs_make_six_runs() throws Exception {
    List<UUID> projects = List.of(newProject(), newProject(), newProject());
    projects.forEach(
        project -> {
          due(project, CHATWOOT_SYNC, 900, "1 min");
          due(project, EMBEDDINGS_RUN, 1200, "1 min");
        });
    List<Callable<Boolean>> three =
        Stream.generate(() -> ticks.requestManual(null, 1000).id())
            .limit(3)
            .map(tick -> (Callable<Boolean>) () -> processor.process(tick))
            .toList();

    assertThat(atOnce(three)).containsOnly(true);

    projects.forEach(project -> assertThat(runs(project)).isEqualTo(2));
  }

  @Test
  void a_tick_that_comes_twice_is_processed_once() throws Exception {
    UUID tick = ticks.requestManual(newProject(), 100).id();

    List<Boolean> processed =
        atOnce(List.of(() -> processor.process(tick), () -> processor.process(tick)));

    assertThat(processed).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void the_grid_is_kept_and_an_outage_is_caught_up_with_one_run() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "2 days 100 s");
    OffsetDateTime point = of(schedule, "next_run_at", OffsetDateTime.class);

    tick(project);

    OffsetDateTime next = of(schedule, "next_run_at", OffsetDateTime.class);
    assertThat(Duration.between(point, next).toMillis() % 900_000).isZero();
    assertThat(
            of(schedule, "next_run_at between now() and now() + interval '900 s'", Boolean.class))
        .isTrue();
    assertThat(runs(project)).isEqualTo(1);

    tick(project);
    assertThat(runs(project)).as("nothing is due any more").isEqualTo(1);
  }

  @Test
  void a_run_says_in_its_log_which_tick_queued_it() {
    UUID project = newProject();
    due(project, CHATWOOT_SYNC, 900, "1 s");

    UUID tick = tick(project);

    assertThat(
            jdbc.sql("select log #>> '{0,message}' from job_runs where project_id = :p")
                .param("p", project)
                .query(String.class)
                .single())
        .isEqualTo("queued by tick " + tick);
  }

  @Test
  void a_due_time_joins_a_run_that_is_still_active() {
    UUID project = newProject();
    due(project, CHATWOOT_SYNC, 900, "1 s");
    UUID manual =
        runLog
            .request(new RunRequest(project, CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of()))
            .runId();

    UUID tick = tick(project);

    assertThat(runs(project)).isEqualTo(1);
    assertThat(ticks.outcome(tick).orElseThrow().runs())
        .singleElement()
        .satisfies(
            joined -> {
              assertThat(joined.runId()).isEqualTo(manual);
              assertThat(joined.coalesced()).isTrue();
            });
  }

  @Test
  void a_tick_of_one_project_leaves_the_others_alone_and_keeps_to_its_limit() {
    UUID project = newProject();
    UUID other = newProject();
    due(project, CHATWOOT_SYNC, 900, "1 h");
    due(project, EMBEDDINGS_RUN, 900, "1 min");
    due(other, CHATWOOT_SYNC, 900, "2 h");
    UUID tick = ticks.requestManual(project, 1).id();

    assertThat(processor.process(tick)).isTrue();

    assertThat(ticks.outcome(tick).orElseThrow().runs())
        .extracting(TickOutcome.Started::jobType)
        .containsExactly(CHATWOOT_SYNC);
    assertThat(runs(other)).isZero();
  }

  @Test
  void paused_schedules_and_archived_projects_do_not_run() {
    UUID project = newProject();
    due(project, CHATWOOT_SYNC, 900, "1 h");
    jdbc.sql("update scheduled_jobs set status = 'paused' where project_id = :p")
        .param("p", project)
        .update();
    UUID archived = newProject();
    long schedule = due(archived, CHATWOOT_SYNC, 900, "1 h");
    jdbc.sql("update projects set archived_at = now() where id = :p").param("p", archived).update();

    tick(project);
    tick(archived);

    assertThat(runs(project)).isZero();
    assertThat(runs(archived)).isZero();
    assertThat(of(schedule, "next_run_at > now()", Boolean.class)).isTrue();
  }

  @Test
  void a_schedule_that_can_not_be_understood_is_suspended_and_holds_nobody_up() {
    UUID project = newProject();
    long broken = due(project, CHATWOOT_SYNC, 900, "1 h");
    jdbc.sql("update scheduled_jobs set cadence_seconds = null, cron = 'soon' where id = :id")
        .param("id", broken)
        .update();
    due(project, EMBEDDINGS_RUN, 900, "1 min");

    tick(project);

    assertThat(runs(project)).isEqualTo(1);
    assertThat(of(broken, "status", String.class)).isEqualTo("suspended");
    assertThat(of(broken, "status_reason", String.class)).contains("'soon'", "change");
  }

  @Test
  void a_cron_schedule_moves_to_its_next_time_in_its_zone() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 h");
    jdbc.sql(
            "update scheduled_jobs set cadence_seconds = null, cron = '30 4 * * *', time_zone = 'Asia/Kolkata' where id = :id")
        .param("id", schedule)
        .update();

    tick(project);

    assertThat(
            of(
                schedule,
                "to_char(next_run_at at time zone 'Asia/Kolkata', 'HH24:MI:SS')",
                String.class))
        .isEqualTo("04:30:00");
    assertThat(
            of(schedule, "next_run_at between now() and now() + interval '1 day'", Boolean.class))
        .isTrue();
  }

  @Test
  void a_tick_by_hand_travels_through_kafka_to_the_end_of_its_run() {
    UUID project = newProject();
    long schedule = due(project, EMBEDDINGS_RUN, 900, "1 min");

    Tick tick = byHand(project, 100);

    await()
        .atMost(PATIENCE)
        .until(() -> ticks.outcome(tick.id()).orElseThrow(), TickOutcome::finished);
    assertThat(ticks.outcome(tick.id()).orElseThrow().runs())
        .extracting(TickOutcome.Started::status)
        .containsExactly(RunStatus.OK);
    await()
        .atMost(PATIENCE)
        .until(() -> "ok".equals(of(schedule, "coalesce(last_status, '')", String.class)));
  }

  @Test
  void a_tick_without_an_event_is_processed_all_the_same() {
    UUID project = newProject();
    due(project, CHATWOOT_SYNC, 900, "1 min");

    Tick unannounced = ticks.requestManual(project, 100);

    await().atMost(PATIENCE).until(() -> ticks.outcome(unannounced.id()).orElseThrow().claimed());
    assertThat(runs(project)).isEqualTo(1);
  }

  @Test
  void with_kafka_down_due_work_is_queued_and_runs_when_it_is_back() {
    UUID project = newProject();
    due(project, EMBEDDINGS_RUN, 900, "1 min");
    TestServers.shared().stopKafka();
    try {
      Tick tick = byHand(project, 100);
      await().atMost(PATIENCE).until(() -> ticks.outcome(tick.id()).orElseThrow().claimed());
      assertThat(ticks.outcome(tick.id()).orElseThrow().runs())
          .extracting(TickOutcome.Started::status)
          .containsExactly(RunStatus.QUEUED);
    } finally {
      TestServers.shared().startKafka();
    }

    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                "ok"
                    .equals(
                        jdbc.sql("select status from job_runs where project_id = :p")
                            .param("p", project)
                            .query(String.class)
                            .single()));
    await().atMost(PATIENCE).until(kafka::isUp);
  }

  @Test
  void the_timers_of_two_replicas_file_one_tick_per_interval() throws Exception {
    // What this creates for the projects of all tests would keep the workers busy for the next
    // ones.
    seeding.seed();
    nothing_is_left_of_other_tests();
    // No other interval of this length begins while anybody looks.
    var settings = new TickSettings(Duration.ofDays(7_000));
    var one = new TickTimer(settings, seeding, requests, ticks);
    var two = new TickTimer(settings, seeding, requests, ticks);

    atOnce(List.of(one::sweep, two::sweep, one::sweep, two::sweep));

    assertThat(
            jdbc.sql(
                    "select count(*) from scheduler_ticks where slot < now() - interval '300 days'")
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void an_outage_of_the_database_ends_and_ticks_go_on() {
    TestServers.shared().stopPostgres();
    TestServers.shared().startPostgres();
    UUID project = await().atMost(PATIENCE).ignoreExceptions().until(this::newProject, id -> true);
    due(project, EMBEDDINGS_RUN, 900, "1 min");

    Tick tick = byHand(project, 100);

    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> ticks.outcome(tick.id()).orElseThrow(), TickOutcome::finished);
  }

  @Test
  void a_due_time_that_may_not_overlap_is_left_out_and_says_which_run_was_in_its_way() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 s");
    set(schedule, "overlap = 'skip'");
    UUID manual =
        runLog
            .request(new RunRequest(project, CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of()))
            .runId();

    UUID tick = tick(project);

    assertThat(ticks.outcome(tick).orElseThrow().finished()).as("nobody waits for it").isTrue();
    assertThat(ticks.outcome(tick).orElseThrow().runs())
        .singleElement()
        .satisfies(
            skipped -> {
              assertThat(skipped.skipped()).isTrue();
              assertThat(skipped.reason()).contains(manual.toString(), "Ada", "manual");
            });
  }

  @Test
  void missed_times_are_left_out_where_nobody_wants_them_and_their_rows_say_so() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "5 hours");
    set(schedule, "catch_up = 'none'");

    UUID tick = tick(project);

    assertThat(runs(project)).isZero();
    assertThat(ticks.outcome(tick).orElseThrow().runs())
        .singleElement()
        .satisfies(skipped -> assertThat(skipped.reason()).contains("missed", "'none'"));
    assertThat(of(schedule, "next_run_at > now()", Boolean.class)).isTrue();
  }

  @Test
  void all_missed_times_run_one_after_the_other_and_hold_up_nobody_elses_one() {
    UUID flood = newProject();
    long catchingUp = due(flood, EMBEDDINGS_RUN, 10, "8000 s");
    set(catchingUp, "catch_up = 'all', catch_up_cap = 500");
    UUID other = newProject();
    due(other, EMBEDDINGS_RUN, 900, "1 s");
    UUID tick = ticks.requestManual(null, 10_000).id();
    assertThat(processor.process(tick)).isTrue();

    assertThat(of(catchingUp, "cardinality(catch_up_at)", Integer.class)).isEqualTo(499);
    await().atMost(PATIENCE).until(() -> "ok".equals(lastRun(other)));
    assertThat(of(catchingUp, "cardinality(catch_up_at)", Integer.class))
        .as("the other's run did not wait for these")
        .isGreaterThan(400);
    await().atMost(PATIENCE).until(() -> runs(flood) >= 3);
    assertThat(
            jdbc.sql(
                    "select count(*) from job_runs where project_id = :p and status in ('queued', 'running')")
                .param("p", flood)
                .query(Integer.class)
                .single())
        .isLessThanOrEqualTo(1);
    set(catchingUp, "catch_up_at = array[catch_up_at[1]]");
    await().atMost(PATIENCE).until(() -> of(catchingUp, "catch_up_at = '{}'", Boolean.class));
    assertThat(
            jdbc.sql(
                    """
                    select count(*) from worker_runs
                    where scheduled_job_id = :s and reason = 'caught up; 0 more to come'
                    """)
                .param("s", catchingUp)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void a_failure_interrupts_catching_up_and_the_next_due_time_that_goes_well_resumes_it() {
    UUID project = newProject();
    embeddings.failing.add(project);
    long schedule = due(project, EMBEDDINGS_RUN, 3000, "10000 s");
    set(schedule, "catch_up = 'all'");
    tick(project);
    await().atMost(PATIENCE).until(() -> of(schedule, "consecutive_failures = 1", Boolean.class));
    assertThat(of(schedule, "cardinality(catch_up_at)", Integer.class)).isEqualTo(3);

    embeddings.failing.remove(project);
    set(schedule, "next_run_at = now() - interval '1 s'");
    tick(project);

    await().atMost(PATIENCE).until(() -> of(schedule, "catch_up_at = '{}'", Boolean.class));
    await().atMost(PATIENCE).until(() -> runs(project) == 5 && "ok".equals(lastRun(project)));
    assertThat(of(schedule, "consecutive_failures", Integer.class)).isZero();
  }

  @Test
  void missed_times_wait_for_the_window_of_their_schedule() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "-10 min");
    set(
        schedule,
        """
        catch_up = 'all', window_from = '08:00', window_until = '18:00',
        window_days = array[1 + (extract(isodow from now() at time zone 'UTC')::int + 2) % 7]::smallint[],
        catch_up_at = array[now() - interval '2 hours', now() - interval '1 hour']
        """);

    catchingUp.sweep();

    assertThat(runs(project)).isZero();
    assertThat(of(schedule, "cardinality(catch_up_at)", Integer.class)).isEqualTo(2);

    set(schedule, "window_from = null, window_until = null, window_days = null");
    catchingUp.sweep();
    await().atMost(PATIENCE).until(() -> runs(project) == 1);
    assertThat(of(schedule, "cardinality(catch_up_at)", Integer.class)).isEqualTo(1);
  }

  @Test
  void ten_replicas_that_tick_at_once_neither_double_nor_block() throws Exception {
    List<UUID> projects = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      UUID project = newProject();
      due(project, CHATWOOT_SYNC, 900, "1 min");
      projects.add(project);
    }
    List<Callable<Boolean>> ten =
        Stream.generate(() -> ticks.requestManual(null, 1000).id())
            .limit(10)
            .map(tick -> (Callable<Boolean>) () -> processor.process(tick))
            .toList();

    assertThat(atOnce(ten)).hasSize(10).containsOnly(true);

    projects.forEach(project -> assertThat(runs(project)).isEqualTo(1));
  }

  /** This replica's clock is an hour ahead; see {@link SchedulerIT}. */
  @Test
  void a_replica_whose_clock_is_an_hour_off_takes_nothing_early_and_files_no_tick_of_its_own() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 3600, "-30 min");

    tick(project);

    assertThat(runs(project)).isZero();
    assertThat(of(schedule, "next_run_at > now() + interval '25 min'", Boolean.class)).isTrue();
    var interval = Duration.ofDays(100);
    Tick filed = ticks.requestForInterval(interval, 10).orElseThrow();
    assertThat(processor.process(filed.id())).isTrue();
    assertThat(
            jdbc.sql("select count(*) from scheduler_ticks where slot > now()")
                .query(Integer.class)
                .single())
        .isZero();
    assertThat(ticks.requestForInterval(interval, 10)).isEmpty();
  }

  private String lastRun(UUID project) {
    return jdbc.sql(
            "select coalesce(max(status), '') from job_runs where project_id = :p and status = 'ok'")
        .param("p", project)
        .query(String.class)
        .single();
  }

  private void set(long schedule, String columns) {
    jdbc.sql("update scheduled_jobs set " + columns + " where id = :id")
        .param("id", schedule)
        .update();
  }

  private UUID tick(UUID project) {
    UUID tick = ticks.requestManual(project, 1000).id();
    assertThat(processor.process(tick)).isTrue();
    return tick;
  }

  private static <T> List<T> atOnce(List<? extends Callable<T>> calls) throws Exception {
    List<T> answers = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      for (Future<T> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }
}
