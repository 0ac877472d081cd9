package dev.threadmill.bench.signals;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.job.JobType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A project in which each sentence is a conversation of its own, and the services that read it. */
final class SentencesProject implements AutoCloseable {
  /** Runs of jobs that have no worker here stay queued. */
  private static final String ACTIVE =
      "select count(*) from job_runs where job_name = 'signals_extraction' and status in ('queued', 'running')";

  private static final UUID PROJECT = new UUID(2, 2);
  private static final long PATIENCE = 600_000_000_000L;
  private static final Map<String, String> LOCAL = Map.of("EMBEDDING_PROVIDER", "local");

  private final BenchServers servers;
  private final String jdbcUrl;
  private final List<ServiceProcess> processes = new ArrayList<>();
  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = new EventCodec();
  private int sentences;

  SentencesProject(BenchServers servers) throws SQLException {
    this.servers = servers;
    this.jdbcUrl = servers.createDatabase();
    this.processes.add(
        ServiceProcess.start(
            servers,
            "scheduler-service",
            jdbcUrl,
            "384m",
            Map.of("SCHEDULER_TICK_SECONDS", "3600", "EMBEDDING_PROVIDER", "local")));
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    execute("insert into projects (id, name) values (?::uuid, 'sentences')", PROJECT.toString());
    execute(
        """
        insert into project_sources (project_id, source_kind, base_url, external_id)
        values (?::uuid, 'chatwoot', 'http://bench.invalid', '1')
        """,
        PROJECT.toString());
  }

  void add(List<Sentence> all) throws SQLException {
    for (Sentence sentence : all) {
      String number = Integer.toString(++sentences);
      execute(
          """
          insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, created_at,
            last_activity_at, data)
          select 'cw:' || project_id || ':1:' || ?, project_id, id, 1, ?::bigint, 'open', now(), now(), '{}'
          from project_sources
          """,
          number,
          number);
      execute(
          """
          insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content, private,
            created_at, data)
          select 'cwmsg:' || project_id || ':1:' || ?, project_id, global_id, ?::bigint, 'incoming', ?, false, now(), '{}'
          from cw_conversations where conversation_id = ?::bigint
          """,
          number,
          number,
          sentence.text(),
          number);
    }
  }

  /** The types found in each sentence, in the order in which they were added. */
  List<Set<String>> found() throws Exception {
    run();
    Map<Integer, Set<String>> byNumber = new TreeMap<>();
    for (int i = 1; i <= sentences; i++) {
      byNumber.put(i, new TreeSet<>());
    }
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                select c.conversation_id, s.type from signals s
                join cw_conversations c on c.global_id = s.conversation_global_id where s.status = 'accepted'
                """)) {
      while (row.next()) {
        byNumber.computeIfAbsent(row.getInt(1), id -> new TreeSet<>()).add(row.getString(2));
      }
    }
    return List.copyOf(byNumber.values());
  }

  /** Embeds all sentences with the bundled model. */
  void embed() throws Exception {
    processes.add(ServiceProcess.start(servers, "embed-worker", jdbcUrl, "384m", LOCAL));
    execute(
        """
        insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
          content_tokens)
        select project_id, conversation_global_id, global_id, 0, content,
          encode(sha256(convert_to(content, 'UTF8')), 'hex'), 10
        from cw_messages
        """);
    await("select count(*) from rag_chunks where embedding_status <> 'ready'");
    await("select 1 - count(*) from project_vector_spaces");
  }

  private void run() throws Exception {
    // That of the schedule: two can't be active.
    await(ACTIVE);
    String run = UUID.randomUUID().toString();
    execute(
        """
        insert into job_runs (id, project_id, job_name, trigger, requested_by)
        values (?::uuid, ?::uuid, 'signals_extraction', 'manual', 'bench')
        """,
        run,
        PROJECT.toString());
    var event =
        new JobRequested(
            UUID.randomUUID(),
            Instant.now(),
            PROJECT,
            UUID.fromString(run),
            JobType.SIGNALS_EXTRACTION,
            0);
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topic.of(event).topicName(), Topic.keyOf(event), codec.write(event)));
    producer.flush();
    await(ACTIVE);
    await("select count(*) from job_runs where id = '" + run + "' and status <> 'ok'");
    await("select count(*) from job_runs where id = '" + run + "' and result ? 'meaning_off'");
  }

  /** Until a count is nought. */
  private void await(String count) throws SQLException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement()) {
      while (true) {
        try (var row = statement.executeQuery(count)) {
          row.next();
          if (row.getLong(1) == 0) {
            return;
          }
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException("not nought: " + count);
        }
        Thread.sleep(50);
      }
    }
  }

  private void execute(String sql, String... values) throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  @Override
  public void close() {
    producer.close();
    processes.forEach(ServiceProcess::close);
  }
}
