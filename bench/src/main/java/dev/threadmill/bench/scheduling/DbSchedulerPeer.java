package dev.threadmill.bench.scheduling;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.bench.BenchServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** db-scheduler with lock-and-fetch, which its documentation names for high throughput. */
final class DbSchedulerPeer implements AutoCloseable {
  private static final int THREADS = 16;
  private static final int INSTANCES = 2;

  private final HikariDataSource pool = new HikariDataSource();
  private final AtomicInteger done = new AtomicInteger();
  private final OneTimeTask<Void> noOp =
      Tasks.oneTime("no-op").execute((instance, context) -> done.incrementAndGet());

  DbSchedulerPeer(BenchServers servers) throws SQLException {
    pool.setJdbcUrl(servers.createDatabase());
    pool.setUsername(servers.user());
    pool.setPassword(servers.password());
    pool.setMaximumPoolSize(40);
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement()) {
      // The table as its documentation has it for PostgreSQL.
      statement.execute(
          """
          create table scheduled_tasks (
            task_name text not null, task_instance text not null, task_data bytea,
            execution_time timestamptz not null, picked boolean not null, picked_by text,
            last_success timestamptz, last_failure timestamptz, consecutive_failures int,
            last_heartbeat timestamptz, version bigint not null, priority smallint,
            primary key (task_name, task_instance));
          create index execution_time_idx on scheduled_tasks (execution_time);
          create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)
          """);
    }
  }

  /** Seconds from the start of the schedulers until all due tasks are done. */
  double noOps(int due) throws SQLException, InterruptedException {
    fill(due);
    done.set(0);
    Scheduler[] schedulers = new Scheduler[INSTANCES];
    for (int i = 0; i < INSTANCES; i++) {
      schedulers[i] =
          Scheduler.create(pool, noOp)
              .threads(THREADS)
              .pollUsingLockAndFetch(1.0, 4.0)
              .pollingInterval(Duration.ofMillis(100))
              .build();
    }
    long start = System.nanoTime();
    for (Scheduler scheduler : schedulers) {
      scheduler.start();
    }
    while (done.get() < due || left()) {
      Thread.sleep(20);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    for (Scheduler scheduler : schedulers) {
      scheduler.stop();
    }
    if (done.get() != due) {
      throw new IllegalStateException(done.get() + " tasks ran, not " + due);
    }
    return seconds;
  }

  private void fill(int due) throws SQLException {
    try (Connection connection = pool.getConnection();
        var insert =
            connection.prepareStatement(
                """
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                select 'no-op', n::text, ?, false, 1 from generate_series(1, ?) n
                """)) {
      insert.setTimestamp(1, java.sql.Timestamp.from(Instant.now().minusSeconds(1)));
      insert.setInt(2, due);
      insert.execute();
    }
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("vacuum analyze scheduled_tasks");
    }
  }

  private boolean left() throws SQLException {
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("select exists (select from scheduled_tasks)")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
