package dev.threadmill.bench.scheduling;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.SchedulerTick;
import dev.threadmill.core.event.Topic;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Scheduler replicas, and embed workers whose backlog runs find nothing to do. */
final class OurScheduler implements AutoCloseable {
  private static final long PATIENCE = 300_000_000_000L;

  private final BenchServers servers;
  private final String jdbcUrl;
  private final OpenAiSimulator provider = OpenAiSimulator.start();
  private final List<ServiceProcess> processes = new ArrayList<>();
  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = new EventCodec();

  private OurScheduler(BenchServers servers, String jdbcUrl) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.bootstrapServers(), "linger.ms", 0),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  static OurScheduler start(BenchServers servers, int schedulers, int workers) throws SQLException {
    var all = new OurScheduler(servers, servers.createDatabase());
    for (int i = 0; i < schedulers; i++) {
      all.processes.add(
          ServiceProcess.start(
              servers,
              "scheduler-service",
              all.jdbcUrl,
              "256m",
              // Its own timer stays out of what is measured.
              Map.of("SCHEDULER_TICK_SECONDS", "3600")));
    }
    for (int i = 0; i < workers; i++) {
      all.processes.add(
          ServiceProcess.start(
              servers,
              "embed-worker",
              all.jdbcUrl,
              "256m",
              Map.of(
                  "OPENAI_API_KEY",
                  OpenAiSettings.KEY,
                  "OPENAI_BASE_URL",
                  all.provider.baseUrl().toString(),
                  "CONCURRENT_RUNS",
                  "16",
                  "DATABASE_POOL_SIZE",
                  "20")));
    }
    return all;
  }

  Usage usage() {
    return Usage.of(processes.stream().map(ServiceProcess::pid).toList());
  }

  /** Six schedules for each of so many projects, none of them due. */
  void schedules(int projects) throws SQLException {
    execute(
        "insert into projects (name) select 'p' || n from generate_series(1, " + projects + ") n");
    // Without a source a sync is not due at all.
    execute(
        """
        insert into project_sources (project_id, source_kind, base_url, external_id)
        select id, 'chatwoot', 'http://bench.invalid', row_number() over (order by id)::text from projects
        on conflict do nothing
        """);
    execute(
        """
        insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
        select p.id, job, 900, now() + interval '1 day' from projects p
        cross join unnest(array['chatwoot_sync', 'embeddings_run', 'signals_extraction', 'health_scoring',
          'campaign_scheduler', 'analytics_aggregates']) job
        on conflict (project_id, job_type) do update set next_run_at = excluded.next_run_at
        """);
    execute("vacuum analyze scheduled_jobs");
  }

  /**
   * Milliseconds from the tick's request to its end, over its event. The jobs are those that a
   * scheduler does not work itself, so that their runs stay queued.
   */
  double tick(int due) throws SQLException, InterruptedException {
    execute("delete from job_runs");
    due(List.of("chatwoot_sync", "embeddings_run"), due);
    String tick = file();
    double seconds =
        secondsUntil(
            "select count(*) from scheduler_ticks where processed_at is not null and id = '%s'"
                .formatted(tick),
            1,
            tick,
            1);
    require("select count(*) from job_runs where status = 'queued'", due);
    return seconds * 1e3;
  }

  /** Seconds from the tick's request until all runs of a job that finds nothing to do are done. */
  double noOps(int due) throws SQLException, InterruptedException {
    execute("delete from job_runs");
    due(List.of("embeddings_run"), due);
    String tick = file();
    // By the index of what is not over yet: counting all rows would be a part of what is measured.
    double seconds =
        secondsUntil(
            """
            select count(*) from scheduler_ticks where id = '%s' and processed_at is not null
              and not exists (select from job_runs where status in ('queued', 'running'))
            """
                .formatted(tick),
            1,
            tick,
            20);
    require("select count(*) from job_runs where status = 'ok'", due);
    return seconds;
  }

  private void due(List<String> jobs, int count) throws SQLException, InterruptedException {
    awaitOtherTicks();
    execute(
        """
        update scheduled_jobs set next_run_at = now() - interval '1 s'
        where id in (select id from scheduled_jobs where job_type in ('%s') order by id limit %d)
        """
            .formatted(String.join("', '", jobs), count));
    execute("vacuum analyze scheduled_jobs");
    execute("vacuum analyze job_runs");
  }

  /** That of the timer's first look would take what ours is to find. */
  private void awaitOtherTicks() throws SQLException, InterruptedException {
    try (Connection connection = servers.connect(jdbcUrl);
        var open =
            connection.prepareStatement(
                "select exists (select from scheduler_ticks where processed_at is null)")) {
      long end = System.nanoTime() + PATIENCE;
      while (true) {
        try (var row = open.executeQuery()) {
          row.next();
          if (!row.getBoolean(1)) {
            return;
          }
          if (System.nanoTime() > end) {
            throw new IllegalStateException("a tick is not processed");
          }
        }
        Thread.sleep(50);
      }
    }
  }

  private String file() throws SQLException {
    UUID tick = UUID.randomUUID();
    execute(
        "insert into scheduler_ticks (id, trigger, max_due) values ('%s', 'manual', 10000)"
            .formatted(tick));
    return tick.toString();
  }

  private double secondsUntil(String count, long wanted, String tick, long pauseMillis)
      throws SQLException, InterruptedException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.prepareStatement(count)) {
      long start = System.nanoTime();
      var event =
          new SchedulerTick(
              UUID.randomUUID(), Instant.now(), null, UUID.fromString(tick), 10_000, "manual");
      var unused =
          producer.send(
              new ProducerRecord<>(
                  Topic.of(event).topicName(), Topic.keyOf(event), codec.write(event)));
      while (true) {
        try (var row = statement.executeQuery()) {
          row.next();
          if (row.getLong(1) == wanted) {
            return (System.nanoTime() - start) / 1e9;
          }
          if (System.nanoTime() > start + PATIENCE) {
            throw new IllegalStateException(row.getLong(1) + " instead of " + wanted);
          }
        }
        Thread.sleep(pauseMillis);
      }
    }
  }

  private void require(String count, long wanted) throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement();
        var row = statement.executeQuery(count)) {
      row.next();
      if (row.getLong(1) != wanted) {
        throw new IllegalStateException(
            "%d instead of %d: %s".formatted(row.getLong(1), wanted, count));
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    producer.close();
    processes.forEach(ServiceProcess::close);
    provider.close();
  }
}
