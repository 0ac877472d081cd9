package dev.threadmill.scheduler.schedule;

import static dev.threadmill.core.job.JobType.CHATWOOT_SYNC;
import static dev.threadmill.core.job.JobType.EMBEDDINGS_RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.schedule.ScheduleSeeds;
import dev.threadmill.scheduler.SchedulerIT;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SettlementIT extends SchedulerIT {
  @Autowired private Settlement settlement;
  @Autowired private Seeding seeding;
  @Autowired private RunRequests runs;
  @Autowired private ScheduleSeeds seeds;

  @Test
  void a_success_is_told_and_ends_a_row_of_failures() {
    UUID project = newProject();
    long schedule = due(project, EMBEDDINGS_RUN, 900, "1 min");
    jdbc.sql("update scheduled_jobs set consecutive_failures = 4, last_error = 'x' where id = :id")
        .param("id", schedule)
        .update();

    byHand(project, 10);

    awaitStatus(schedule, "ok");
    assertThat(of(schedule, "consecutive_failures", Integer.class)).isZero();
    assertThat(of(schedule, "last_error is null and last_run_at is not null", Boolean.class))
        .isTrue();
    assertThat(unsettled(schedule)).isZero();
  }

  @Test
  void a_failure_is_counted_and_backs_off_along_the_grid() {
    UUID project = newProject();
    embeddings.failing.add(project);
    long schedule = due(project, EMBEDDINGS_RUN, 10, "1 s");
    jdbc.sql("update scheduled_jobs set consecutive_failures = 7 where id = :id")
        .param("id", schedule)
        .update();

    byHand(project, 10);

    awaitStatus(schedule, "failed");
    assertThat(of(schedule, "consecutive_failures", Integer.class)).isEqualTo(8);
    assertThat(of(schedule, "status", String.class)).isEqualTo("active");
    assertThat(of(schedule, "last_error", String.class)).contains("OPENAI_API_KEY");
    assertThat(
            of(
                schedule,
                "next_run_at between now() + interval '29 min' and now() + interval '61 min'",
                Boolean.class))
        .isTrue();
    assertThat(
            jdbc.sql(
                    """
                    select mod(extract(epoch from s.next_run_at - w.scheduled_for), 10) from worker_runs w
                    join scheduled_jobs s on s.id = w.scheduled_job_id where s.id = :id
                    """)
                .param("id", schedule)
                .query(Double.class)
                .single())
        .isZero();
  }

  @Test
  void the_tenth_failure_in_a_row_suspends_and_names_the_remedy() {
    UUID project = newProject();
    embeddings.failing.add(project);
    long schedule = due(project, EMBEDDINGS_RUN, 900, "1 min");
    jdbc.sql("update scheduled_jobs set consecutive_failures = 9 where id = :id")
        .param("id", schedule)
        .update();

    byHand(project, 10);

    awaitStatus(schedule, "failed");
    assertThat(of(schedule, "status", String.class)).isEqualTo("suspended");
    assertThat(of(schedule, "status_reason", String.class))
        .contains("10 failures", "resume", "set OPENAI_API_KEY");
    assertThat(of(schedule, "status_changed_by", String.class)).isEqualTo("scheduler");
  }

  @Test
  void a_run_that_several_due_times_joined_counts_once() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 min");
    UUID run =
        jdbc.sql(
                """
                insert into job_runs (project_id, job_name, trigger, requested_by, status, finished_at, error)
                values (:p, 'chatwoot_sync', 'schedule', 'scheduler', 'failed', now(), 'no') returning id
                """)
            .param("p", project)
            .query(UUID.class)
            .single();
    jdbc.sql(
            """
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, scheduled_for, coalesced)
            select :p, :s, :r, now() - make_interval(secs => n), n > 0 from generate_series(0, 2) n
            """)
        .param("p", project)
        .param("s", schedule)
        .param("r", run)
        .update();

    settlement.sweep();

    awaitStatus(schedule, "failed");
    assertThat(of(schedule, "consecutive_failures", Integer.class)).isEqualTo(1);
    await().until(() -> unsettled(schedule) == 0);
  }

  @Test
  void a_run_by_hand_that_several_due_times_joined_counts_once() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 min");
    jdbc.sql(
            """
            with run as (
              insert into job_runs (project_id, job_name, trigger, requested_by, status, finished_at, error)
              values (:p, 'chatwoot_sync', 'manual', 'Ada', 'failed', now(), 'no') returning id)
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, scheduled_for, coalesced)
            select :p, :s, run.id, now() - make_interval(secs => n), true from run, generate_series(0, 3) n
            """)
        .param("p", project)
        .param("s", schedule)
        .update();

    settlement.sweep();

    awaitStatus(schedule, "failed");
    await().until(() -> unsettled(schedule) == 0);
    assertThat(of(schedule, "consecutive_failures", Integer.class)).isEqualTo(1);
    assertThat(of(schedule, "status", String.class)).isEqualTo("active");
  }

  @Test
  void a_new_project_gets_its_schedules_once_and_they_are_due() {
    UUID project = newProject();

    seeding.seed();
    seeding.seed();

    assertThat(
            jdbc.sql(
                    """
                    select job_type || ' ' || cadence_seconds || ' ' || (next_run_at <= now()) from scheduled_jobs
                    where project_id = :p order by 1
                    """)
                .param("p", project)
                .query(String.class)
                .list())
        .containsExactly(
            "analytics_aggregates 1800 true",
            "campaign_scheduler 300 true",
            "chatwoot_sync 900 true",
            "embeddings_run 1200 true",
            "health_scoring 1800 true",
            "signals_extraction 900 true");
  }

  @Test
  void what_only_a_person_can_mend_suspends_after_three_and_a_good_run_by_hand_resumes() {
    UUID project = newProject();
    embeddings.failing.add(project);
    embeddings.errorClass = "unauthorized";
    long schedule = due(project, EMBEDDINGS_RUN, 900, "1 min");
    jdbc.sql("update scheduled_jobs set consecutive_failures = 2 where id = :id")
        .param("id", schedule)
        .update();
    byHand(project, 10);
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> "suspended".equals(of(schedule, "status", String.class)));
    embeddings.errorClass = "malformed";
    embeddings.failing.remove(project);

    runs.request(new RunRequest(project, EMBEDDINGS_RUN, RunTrigger.MANUAL, "Ada", Map.of()));

    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> "active".equals(of(schedule, "status", String.class)));
    assertThat(of(schedule, "consecutive_failures", Integer.class)).isZero();
    assertThat(of(schedule, "next_run_at > now()", Boolean.class)).isTrue();
  }

  @Test
  void a_good_run_that_was_asked_for_before_the_failure_was_told_resumes_too() {
    UUID project = newProject();
    long schedule = due(project, EMBEDDINGS_RUN, 900, "-1 h");
    jdbc.sql(
            """
            update scheduled_jobs set status = 'suspended', status_changed_at = now(), consecutive_failures = 10,
              last_status = 'failed', last_run_at = now() - interval '10 s' where id = :id
            """)
        .param("id", schedule)
        .update();

    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, requested_at, finished_at)
            select :p, 'embeddings_run', 'manual', 'Ada', 'ok', status_changed_at - interval '1 s', now()
            from scheduled_jobs where id = :id
            """)
        .param("p", project)
        .param("id", schedule)
        .update();

    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> "active".equals(of(schedule, "status", String.class)));
  }

  @Test
  void a_good_run_by_hand_ends_a_row_of_failures_before_the_next_due_time_does() {
    UUID project = newProject();
    long schedule = due(project, EMBEDDINGS_RUN, 900, "-1 h");
    jdbc.sql(
            """
            update scheduled_jobs set consecutive_failures = 4, last_status = 'failed',
              last_run_at = now() - interval '1 min' where id = :id
            """)
        .param("id", schedule)
        .update();

    runs.request(new RunRequest(project, EMBEDDINGS_RUN, RunTrigger.MANUAL, "Ada", Map.of()));

    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> of(schedule, "consecutive_failures = 0", Boolean.class));
  }

  @Test
  void a_sync_that_was_suspended_for_want_of_a_source_goes_on_when_there_is_one() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 min");
    jdbc.sql(
            """
            update scheduled_jobs set status = 'suspended', status_changed_at = now() - interval '1 s',
              last_error_class = 'no_source' where id = :id
            """)
        .param("id", schedule)
        .update();

    jdbc.sql(
            """
            insert into project_sources (project_id, source_kind, base_url, external_id)
            values (:p, 'chatwoot', 'https://chat.example.com', '4711')
            """)
        .param("p", project)
        .update();

    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> "active".equals(of(schedule, "status", String.class)));
  }

  @Test
  void a_sync_that_was_suspended_for_its_token_goes_on_when_the_source_has_another() {
    UUID project = newProject();
    long schedule = suspendedForItsToken(project, "4712");
    long other = suspendedForItsToken(newProject(), "4713");

    // As the sources' own code does with a new token.
    jdbc.sql(
            "update project_sources set credentials = '\\x01', updated_at = now() where project_id = :p")
        .param("p", project)
        .update();

    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> "active".equals(of(schedule, "status", String.class)));
    assertThat(of(other, "status", String.class)).isEqualTo("suspended");
  }

  /** Since a second ago; its source was bound the day before. */
  private long suspendedForItsToken(UUID project, String account) {
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 min");
    jdbc.sql(
            """
            with source as (
              insert into project_sources (project_id, source_kind, base_url, external_id, created_at, updated_at)
              values (:p, 'chatwoot', 'https://chat.example.com', :account, now() - interval '1 day', now() - interval '1 day'))
            update scheduled_jobs set status = 'suspended', status_changed_at = now() - interval '1 s',
              last_run_at = now() - interval '1 s', last_error_class = 'chatwoot_unauthorized' where id = :id
            """)
        .param("p", project)
        .param("account", account)
        .param("id", schedule)
        .update();
    return schedule;
  }

  @Test
  void who_asked_to_be_left_alone_is_left_alone() {
    UUID project = newProject();
    long schedule = due(project, CHATWOOT_SYNC, 900, "1 min");
    jdbc.sql(
            """
            with run as (
              insert into job_runs (project_id, job_name, trigger, requested_by, status, finished_at, error, error_class,
                retry_at)
              values (:p, 'chatwoot_sync', 'schedule', 'scheduler', 'failed', now(), 'slow down', 'rate_limited',
                now() + interval '7 hours') returning id)
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, scheduled_for, coalesced)
            select :p, :s, id, now(), false from run
            """)
        .param("p", project)
        .param("s", schedule)
        .update();

    awaitStatus(schedule, "failed");
    assertThat(
            of(
                schedule,
                "next_run_at between now() + interval '6 h 50 min' and now() + interval '7 h 20 min'",
                Boolean.class))
        .isTrue();
  }

  private void awaitStatus(long schedule, String status) {
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> status.equals(of(schedule, "coalesce(last_status, '')", String.class)));
  }

  private int unsettled(long schedule) {
    return jdbc.sql(
            "select count(*) from worker_runs where scheduled_job_id = :s and settled_at is null")
        .param("s", schedule)
        .query(Integer.class)
        .single();
  }
}
