package dev.threadmill.bench.embedding;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.event.Topic;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Embed workers as processes, with events, claims and all, on a database of their own. */
final class OurWorkers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final BenchServers servers;
  private final OpenAiSimulator provider;
  private final String jdbcUrl;
  private final boolean indexed;
  private final List<ServiceProcess> workers = new ArrayList<>();
  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = new EventCodec();

  /**
   * @param indexed whether vectors are sealed into indexes while others are written
   */
  OurWorkers(BenchServers servers, OpenAiSimulator provider, int count, boolean indexed)
      throws SQLException {
    this.servers = servers;
    this.provider = provider;
    this.indexed = indexed;
    this.jdbcUrl = servers.createDatabase();
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.bootstrapServers(), "linger.ms", 5),
            new StringSerializer(),
            new ByteArraySerializer());
    growTo(count);
  }

  /** Starts as many more as are missing. */
  void growTo(int count) {
    while (workers.size() < count) {
      workers.add(
          ServiceProcess.start(
              servers,
              "embed-worker",
              jdbcUrl,
              "256m",
              Map.of(
                  "OPENAI_API_KEY",
                  OpenAiSettings.KEY,
                  "OPENAI_BASE_URL",
                  provider.baseUrl().toString(),
                  "EMBEDDING_MODEL",
                  EmbeddingBench.MODEL,
                  // What has an event is left to it: its way is what is measured.
                  "EMBED_SWEEP_GRACE_SECONDS",
                  "3600",
                  "EMBED_INDEX_MIN_ROWS",
                  indexed ? "2000" : "1000000",
                  "EMBED_INDEX_SECONDS",
                  indexed ? "1" : "10")));
    }
  }

  Usage usage() {
    return Usage.of(workers.stream().map(ServiceProcess::pid).toList());
  }

  /** The time from the first event to the last row that is ready. */
  Duration embed(List<String> texts) throws SQLException, InterruptedException {
    UUID project = insert(texts);
    List<MessageUpserted> events = events(project);
    int asked = provider.log().distinctTexts() + texts.size();
    long start = System.nanoTime();
    for (MessageUpserted event : events) {
      var unused =
          producer.send(
              new ProducerRecord<>(
                  Topic.of(event).topicName(), Topic.keyOf(event), codec.write(event)));
    }
    producer.flush();
    awaitReady(project, texts.size(), asked, start + PATIENCE.toNanos());
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Asks the database only once the provider has seen all texts: counting rows costs it time. */
  private void awaitReady(UUID project, int rows, int asked, long end)
      throws SQLException, InterruptedException {
    try (Connection connection = servers.connect(jdbcUrl);
        var count =
            connection.prepareStatement(
                "select count(*) from rag_chunks where project_id = ? and embedding_status ="
                    + " 'ready'")) {
      count.setObject(1, project);
      while (provider.log().distinctTexts() < asked || one(count) < rows) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException(
              "%d of %d rows are ready after %s".formatted(one(count), rows, PATIENCE));
        }
        Thread.sleep(20);
      }
    }
  }

  void requireVectors() throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl)) {
      StoredVectors.require(connection, provider, "rag_chunks", "text", text -> text);
    }
  }

  /** Segments with an index, of all projects. */
  long segments() throws SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var count =
            connection.prepareStatement(
                "select count(*) from vector_segments where state = 'ready'")) {
      return one(count);
    }
  }

  private UUID insert(List<String> texts) throws SQLException {
    UUID project = UUID.randomUUID();
    try (Connection connection = servers.connect(jdbcUrl)) {
      connection.setAutoCommit(false);
      execute(
          connection,
          "insert into projects (id, name) values (?::uuid, ?::text)",
          project.toString(),
          "bench " + project);
      execute(
          connection,
          """
          with s as (
            insert into project_sources (project_id, source_kind, base_url, external_id)
            values (?::uuid, 'chatwoot', 'http://bench.invalid/' || ?::text, '1') returning id, project_id)
          insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
            created_at, last_activity_at, data)
          select 'cw:' || project_id || ':1:1', project_id, id, 1, 1, 'open', now(), now(), '{}' from s
          """,
          project.toString(),
          project.toString());
      execute(
          connection,
          """
          insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type,
            content, private, created_at, data)
          select 'cwmsg:' || p || ':1:' || n, p, 'cw:' || p || ':1:1', n, 'incoming', t, false, now(), '{}'
          from (select ?::uuid as p) x, unnest(?::text[]) with ordinality as u (t, n)
          """,
          project.toString(),
          connection.createArrayOf("text", texts.toArray()));
      execute(
          connection,
          """
          insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text,
            text_hash, content_tokens)
          select p, 'cw:' || p || ':1:1', 'cwmsg:' || p || ':1:' || n, 0, t,
            encode(sha256(convert_to(t, 'UTF8')), 'hex'), 40
          from (select ?::uuid as p) x, unnest(?::text[]) with ordinality as u (t, n)
          """,
          project.toString(),
          connection.createArrayOf("text", texts.toArray()));
      connection.commit();
      connection.setAutoCommit(true);
      execute(connection, "vacuum analyze rag_chunks");
    }
    return project;
  }

  private List<MessageUpserted> events(UUID project) throws SQLException {
    List<MessageUpserted> events = new ArrayList<>();
    try (Connection connection = servers.connect(jdbcUrl);
        var select =
            connection.prepareStatement(
                "select id, message_global_id, text_hash from rag_chunks where project_id = ? order"
                    + " by id")) {
      select.setObject(1, project);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          events.add(
              new MessageUpserted(
                  UUID.randomUUID(),
                  Instant.now(),
                  project,
                  "cw:" + project + ":1:1",
                  rows.getString(2),
                  rows.getLong(1),
                  0,
                  rows.getString(3)));
        }
      }
    }
    return events;
  }

  private static long one(PreparedStatement count) throws SQLException {
    try (var row = count.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  @Override
  public void close() {
    producer.close();
    workers.forEach(ServiceProcess::close);
  }
}
