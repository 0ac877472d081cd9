package dev.threadmill.scheduler.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.SchedulerIT;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Runs that locks of the test hold up in the middle of their work, and that are cancelled then. */
class CancelIT extends SchedulerIT {
  private static final Duration SECONDS = Duration.ofSeconds(20);

  @Autowired private RunRequests requests;
  @Autowired private RunLog log;
  @Autowired private Sources sources;
  @Autowired private DataSource dataSource;

  /**
   * A job at work.
   *
   * @param size conversations, each of a customer of its own who complained in it; more than one
   *     batch of the job
   * @param lock what its first batch waits for; may name the project
   * @param done a count of what the job wrote
   * @param waiting a count of what it has noted as left
   */
  private record Work(JobType job, int size, String lock, String done, String waiting) {}

  private static final List<Work> ALL =
      List.of(
          new Work(
              JobType.SIGNALS_EXTRACTION,
              250,
              "select pg_advisory_xact_lock(hashtextextended('changed_conversations signals %s', 0))",
              """
              signals s where occurrences = 1 and exists (
                select from signal_reads r where r.conversation_global_id = s.conversation_global_id)
                and exists (select from signal_evidence e where e.signal_id = s.id)
              """,
              "changed_conversations where reader = 'signals'"),
          new Work(
              JobType.HEALTH_SCORING,
              250,
              "select pg_advisory_xact_lock(hashtextextended('changed_conversations health %s', 0))",
              "health_conversations where true",
              "changed_conversations where reader = 'health'"),
          new Work(
              JobType.ANALYTICS_AGGREGATES,
              600,
              "select from changed_conversations where project_id = '%s' and reader = 'analytics' for update",
              "analytics_facts where messages_in = 1",
              "changed_conversations where reader = 'analytics'"),
          new Work(
              JobType.CAMPAIGN_SCHEDULER,
              1200,
              """
              insert into campaign_members (project_id, campaign_id, contact_global_id)
              select project_id, id, 'cwc:' || project_id || ':1:1' from campaigns where project_id = '%s'
              """,
              "campaign_members where state = 'active'",
              """
              cw_contacts k where contact_id > coalesce((
                select max(enrol_number) from campaigns c where c.project_id = k.project_id and enrolled_at is null), 1000000)
              """));

  @Test
  void a_cancelled_job_stops_within_seconds_and_what_it_did_is_whole() throws SQLException {
    Map<JobType, UUID> projects = new EnumMap<>(JobType.class);
    ALL.forEach(work -> projects.put(work.job(), project(work.size())));
    campaign(projects.get(JobType.CAMPAIGN_SCHEDULER));
    Map<JobType, UUID> runs = new EnumMap<>(JobType.class);

    try (Connection holder = dataSource.getConnection()) {
      holder.setAutoCommit(false);
      for (Work work : ALL) {
        UUID project = projects.get(work.job());
        try (var statement = holder.createStatement()) {
          statement.execute(work.lock().formatted(project));
        }
        runs.put(work.job(), request(work.job(), project));
      }
      await()
          .atMost(SECONDS)
          .until(
              () ->
                  count(
                          """
                          pg_stat_activity
                          where datname = current_database() and wait_event_type = 'Lock'
                          """)
                      == ALL.size());
      projects.forEach((job, project) -> log.cancel(project, runs.get(job), "Ada"));
      await().atMost(SECONDS).until(() -> runs.values().stream().allMatch(this::heardOfIt));
      holder.rollback();
    }

    for (Work work : ALL) {
      UUID project = projects.get(work.job());
      assertThat(ended(runs.get(work.job()))).as("%s", work.job()).isEqualTo("cancelled");
      long done = done(work, project);
      assertThat(done).as("%s", work.job()).isGreaterThan(0).isLessThan(work.size());
      assertThat(count(work.waiting(), project)).as("%s", work.job()).isEqualTo(work.size() - done);

      assertThat(ended(request(work.job(), project))).as("%s", work.job()).isEqualTo("ok");

      assertThat(done(work, project)).as("%s", work.job()).isEqualTo(work.size());
      assertThat(count(work.waiting(), project)).as("%s", work.job()).isZero();
    }
    assertThat(count("health_scores where true", projects.get(JobType.HEALTH_SCORING)))
        .isEqualTo(250);
    assertThat(
            jdbc.sql(
                    "select sum(messages_in) from analytics_daily where project_id = :project and level = 'project'")
                .param("project", projects.get(JobType.ANALYTICS_AGGREGATES))
                .query(Integer.class)
                .single())
        .isEqualTo(600);
    assertThat(
            count(
                "outbound_messages where state = 'waiting'",
                projects.get(JobType.CAMPAIGN_SCHEDULER)))
        .isEqualTo(1200);
  }

  private long done(Work work, UUID project) {
    return count(work.done(), project);
  }

  private UUID request(JobType job, UUID project) {
    return requests
        .request(new RunRequest(project, job, RunTrigger.MANUAL, "Ada", Map.of()))
        .runId();
  }

  /** Its heartbeat tells a run that it is cancelled. */
  private boolean heardOfIt(UUID run) {
    return jdbc.sql("select heartbeat_at > cancel_requested_at from job_runs where id = :id")
        .param("id", run)
        .query(Boolean.class)
        .single();
  }

  private String ended(UUID run) {
    return await()
        .atMost(SECONDS)
        .until(
            () ->
                jdbc.sql("select status from job_runs where id = :id and finished_at is not null")
                    .param("id", run)
                    .query(String.class)
                    .optional()
                    .orElse(""),
            status -> !status.isEmpty());
  }

  private long count(String what) {
    return jdbc.sql("select count(*) from " + what).query(Long.class).single();
  }

  private long count(String what, UUID project) {
    return jdbc.sql("select count(*) from " + what + " and project_id = :project")
        .param("project", project)
        .query(Long.class)
        .single();
  }

  private void campaign(UUID project) {
    jdbc.sql(
            """
            insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
            values (:project, 'a campaign', 'approved', '{}',
              '[{"day_offset": 0, "channel": "chatwoot", "template": "hello"}]', '{"approve_each": true, "contacts_per_window": 2000}',
              'Noor', 'Noor', now())
            """)
        .param("project", project)
        .update();
  }

  private UUID project(int size) {
    UUID project = newProject();
    UUID source = sources.bind(project, URI.create("https://" + project + ".example.com"), 1).id();
    for (String insert :
        List.of(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, data)
            select 'cwc:' || :project || ':1:' || n, :project, :source, 1, n, 'Ada', '{}' from generate_series(1, :size) n
            """,
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, inbox_id,
              contact_global_id, created_at, last_activity_at, data)
            select 'cw:' || :project || ':1:' || n, :project, :source, 1, n, 'open', 1, 'cwc:' || :project || ':1:' || n,
              now() - interval '2 hours', now(), '{}'
            from generate_series(1, :size) n
            """,
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content, private,
              created_at, data)
            select 'cwmsg:' || :project || ':1:' || n, :project, 'cw:' || :project || ':1:' || n, n, 'incoming',
              'This is unacceptable!', false, now() - interval '1 hour', '{}'
            from generate_series(1, :size) n
            where :source::uuid is not null
            """)) {
      jdbc.sql(insert)
          .param("project", project)
          .param("source", source)
          .param("size", size)
          .update();
    }
    return project;
  }
}
