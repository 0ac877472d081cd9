package dev.threadmill.core.run;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Deletes old rows of {@code job_runs} and {@code worker_runs}. */
@Repository
public final class RunRetention {
  private final JdbcClient jdbc;

  public RunRetention(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Deletes runs that finished longer ago than the given time, at most {@code limit}, with what
   * their schedules noted of them; and as many notes of due times that made no run.
   *
   * @return how many rows the larger of the two batches had
   */
  public int prune(Duration olderThan, int limit) {
    int runs =
        jdbc.sql(
                """
                delete from job_runs where id in (
                  select id from job_runs
                  where finished_at < now() - make_interval(secs => :age)
                  order by finished_at limit :limit
                  for update skip locked)
                """)
            .param("age", olderThan.toSeconds())
            .param("limit", limit)
            .update();
    int notes =
        jdbc.sql(
                """
                delete from worker_runs where id in (
                  select id from worker_runs
                  where job_run_id is null and created_at < now() - make_interval(secs => :age)
                  order by created_at limit :limit
                  for update skip locked)
                """)
            .param("age", olderThan.toSeconds())
            .param("limit", limit)
            .update();
    return Math.max(runs, notes);
  }
}
