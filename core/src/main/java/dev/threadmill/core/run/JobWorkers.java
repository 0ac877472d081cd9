package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table {@code job_workers}: which processes take the runs of which job. Each process writes
 * that it is there every few seconds.
 */
@Repository
public final class JobWorkers {
  /** A process that was silent for so long is not there. */
  public static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Duration FORGOTTEN = Duration.ofDays(7);

  private final JdbcClient jdbc;
  private final JsonMapper json;

  public JobWorkers(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Says that this process is there, and forgets those that have long been gone. */
  void seen(String worker, Collection<JobHandler> handlers) {
    for (JobHandler handler : handlers) {
      jdbc.sql(
              """
              insert into job_workers (worker, job_type, settings) values (:worker, :job, :settings::jsonb)
              on conflict (worker, job_type) do update set settings = excluded.settings, seen_at = now()
              """)
          .param("worker", worker)
          .param("job", handler.jobType().wireName())
          .param("settings", json.writeValueAsString(handler.settings()))
          .update();
    }
    // A process that is gone keeps its newest row: what its job knows is asked for in between.
    jdbc.sql(
            """
            delete from job_workers w where seen_at < now() - make_interval(secs => :age)
              and exists (select from job_workers n where n.job_type = w.job_type and n.seen_at > w.seen_at)
            """)
        .param("age", FORGOTTEN.toSeconds())
        .update();
  }

  /** Says that this process takes no more runs. */
  void gone(String worker) {
    jdbc.sql("update job_workers set seen_at = '-infinity' where worker = :worker")
        .param("worker", worker)
        .update();
  }

  /**
   * Who takes the runs of a job.
   *
   * @param present how many processes are there
   * @param lastSeen when the latest of them was; empty when there never was one
   */
  public record Presence(int present, Optional<Instant> lastSeen) {}

  public Presence of(JobType job) {
    return jdbc.sql(
            """
            select count(*) filter (where seen_at > now() - make_interval(secs => :silence)) as present,
              max(seen_at) filter (where seen_at > '-infinity') as last_seen
            from job_workers where job_type = :job
            """)
        .param("silence", SILENCE.toSeconds())
        .param("job", job.wireName())
        .query(
            (row, number) ->
                new Presence(
                    row.getInt("present"), Optional.ofNullable(Columns.instant(row, "last_seen"))))
        .single();
  }

  /** The jobs whose runs some process takes now. */
  public Set<JobType> present() {
    return jdbc.sql(
            "select distinct job_type from job_workers where seen_at > now() - make_interval(secs => :silence)")
        .param("silence", SILENCE.toSeconds())
        .query((row, number) -> JobType.of(row.getString("job_type")))
        .set();
  }

  /** The jobs that any process ever took runs of. */
  public List<JobType> known() {
    return jdbc.sql("select distinct job_type from job_workers order by 1")
        .query((row, number) -> JobType.of(row.getString("job_type")))
        .list();
  }

  /** What may stand in a payload, by the newest process that has the job; empty when unknown. */
  public List<JobSetting> settings(JobType job) {
    return jdbc.sql(
            "select settings from job_workers where job_type = :job order by seen_at desc limit 1")
        .param("job", job.wireName())
        .query(String.class)
        .optional()
        .map(settings -> Arrays.asList(json.readValue(settings, JobSetting[].class)))
        .orElse(List.of());
  }
}
