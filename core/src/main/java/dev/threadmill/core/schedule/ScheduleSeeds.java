package dev.threadmill.core.schedule;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * New rows of {@code scheduled_jobs}, due at once and with the default cadence of their jobs. What
 * is there already stays as it is, so anybody may seed at any time.
 */
@Repository
public final class ScheduleSeeds {
  private static final List<JobType> JOBS = List.of(JobType.values());

  private static final String SEED =
      """
      insert into scheduled_jobs (project_id, job_type, cadence_seconds, time_zone)
      select p.id, d.job_type, d.seconds, p.time_zone
      from projects p cross join unnest(:types::text[], :seconds::integer[]) as d (job_type, seconds)
      where p.archived_at is null and %s
        and not exists (
          select from scheduled_jobs s where s.project_id = p.id and s.job_type = d.job_type)
      on conflict (project_id, job_type) do nothing
      """;

  private final JdbcClient jdbc;

  ScheduleSeeds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Gives the projects that were created within the given time their missing schedules.
   *
   * @return how many were created
   */
  public int seed(Duration createdWithin) {
    return seed("p.created_at > now() - make_interval(secs => :within)")
        .param("within", createdWithin.toSeconds())
        .update();
  }

  /** Gives one project its missing schedules, unless it is archived. */
  public void seed(UUID projectId) {
    seed("p.id = :project").param("project", projectId).update();
  }

  private JdbcClient.StatementSpec seed(String which) {
    return jdbc.sql(SEED.formatted(which))
        .param("types", Columns.texts(JOBS.stream().map(JobType::wireName).toList()))
        .param(
            "seconds",
            Columns.texts(JOBS.stream().map(job -> job.defaultCadence().toSeconds()).toList()));
  }
}
