package dev.threadmill.bench.health;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.job.JobType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A scheduler that scores the contacts of one project. */
final class OurHealth implements AutoCloseable {
  private static final long PATIENCE = 1_800_000_000_000L;
  private static final String PROJECT = "00000000-0000-4000-8000-000000000001";
  private static final String SOURCE = "00000000-0000-4000-8000-000000000002";

  private final BenchServers servers;
  private final String jdbcUrl;
  private final ServiceProcess scheduler;
  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = new EventCodec();
  private int conversations;

  private OurHealth(BenchServers servers, String jdbcUrl) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    // Its own timer stays out of what is measured.
    this.scheduler =
        ServiceProcess.start(
            servers,
            "scheduler-service",
            jdbcUrl,
            "256m",
            Map.of("SCHEDULER_TICK_SECONDS", "3600"));
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  static OurHealth start(BenchServers servers) throws SQLException {
    return new OurHealth(servers, servers.createDatabase());
  }

  Usage usage() {
    return Usage.of(List.of(scheduler.pid()));
  }

  /**
   * One contact per conversation, customers and team in turns over the last hundred days; a signal
   * in each tenth conversation.
   */
  void fill(int messages, int count) throws SQLException {
    this.conversations = count;
    execute("insert into projects (id, name) values ('%s', 'health')".formatted(PROJECT));
    execute(
        """
        insert into project_sources (id, project_id, source_kind, base_url, external_id)
        values ('%s', '%s', 'chatwoot', 'https://chat.example.com', '1')
        """
            .formatted(SOURCE, PROJECT));
    execute(
        """
        insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
        select 'cwc:%1$s:1:' || n, '%1$s', '%2$s', 1, n, '{}' from generate_series(1, %3$d) n
        """
            .formatted(PROJECT, SOURCE, count));
    execute(
        """
        insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
          contact_global_id, created_at, last_activity_at, data)
        select 'cw:%1$s:1:' || n, '%1$s', '%2$s', 1, n, case n %% 3 when 0 then 'open' else 'resolved' end,
          'cwc:%1$s:1:' || n, now() - interval '100 days', now(), '{}'
        from generate_series(1, %3$d) n
        """
            .formatted(PROJECT, SOURCE, count));
    for (int from = 1; from <= messages; from += 100_000) {
      messages(
          from,
          Math.min(messages, from + 99_999),
          "now() - interval '1 s' * 8640000 * (1 - n / %d.0)".formatted(messages));
    }
    execute(
        """
        insert into signals (project_id, conversation_global_id, contact_global_id, type, status, severity, confidence,
          basis, first_seen_at, last_seen_at, occurrences)
        select project_id, global_id, contact_global_id, 'complaint', 'accepted', 3, 0.9, '{}',
          now() - interval '5 days', now() - interval '5 days', 1
        from cw_conversations where conversation_id % 10 = 0
        """);
    execute("vacuum analyze");
  }

  /** New messages of so many customers. */
  void add(int count) throws SQLException {
    int from = (int) number("select max(message_id) + 1 from cw_messages");
    messages(from, from + count - 1, "now()");
  }

  private void messages(int from, int to, String time) throws SQLException {
    execute(
        """
        insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content, private,
          created_at, data)
        select 'cwmsg:%1$s:1:' || n, '%1$s', 'cw:%1$s:1:' || (1 + n %% %2$d), n,
          case when n / %2$d %% 2 = 0 then 'incoming' else 'outgoing' end, 'what was said', false, %3$s, '{}'
        from generate_series(%4$d, %5$d) n
        """
            .formatted(PROJECT, conversations, time, from, to));
  }

  /**
   * Seconds that runs take, from the first one's start to the last one's end, until none is left.
   */
  double score() throws SQLException, InterruptedException {
    double seconds = 0;
    boolean left = true;
    while (left) {
      UUID run = request();
      String of = " from job_runs where id = '" + run + "'";
      await("select count(*)" + of + " and status not in ('queued', 'running')");
      if (number("select count(*)" + of + " and status = 'ok'") != 1) {
        throw new IllegalStateException("the run " + run + " is not ok");
      }
      seconds +=
          number("select (extract(epoch from finished_at - started_at) * 1000)::bigint" + of)
              / 1000.0;
      left = number("select count(*)" + of + " and (result ->> 'left')::boolean") == 1;
    }
    return seconds;
  }

  void requireScores(int wanted) throws SQLException {
    long scores = number("select count(*) from health_scores");
    if (scores != wanted) {
      throw new IllegalStateException(scores + " scores instead of " + wanted);
    }
  }

  private UUID request() throws SQLException {
    UUID run = UUID.randomUUID();
    execute(
        """
        insert into job_runs (id, project_id, job_name, trigger, requested_by)
        values ('%s', '%s', 'health_scoring', 'manual', 'bench')
        """
            .formatted(run, PROJECT));
    var event =
        new JobRequested(
            UUID.randomUUID(),
            Instant.now(),
            UUID.fromString(PROJECT),
            run,
            JobType.HEALTH_SCORING,
            0);
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topic.of(event).topicName(), Topic.keyOf(event), codec.write(event)));
    producer.flush();
    return run;
  }

  private void await(String count) throws SQLException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    while (number(count) != 1) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not finished: " + count);
      }
      Thread.sleep(20);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
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
    scheduler.close();
  }
}
