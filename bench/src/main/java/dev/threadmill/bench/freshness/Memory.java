package dev.threadmill.bench.freshness;

import dev.threadmill.bench.Api.Bound;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the pipeline keeps of one Chatwoot, in a project of its own. */
final class Memory implements AutoCloseable {
  /** Longer than the promise, so that a message that is late is told as late. */
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  private final Pipeline pipeline;
  private final Connection database;
  private final ChatwootSimulator chatwoot;
  private final String project;
  private final String source;
  private volatile @Nullable Exception lastPoll;

  Memory(Pipeline pipeline, Connection database, ChatwootSimulator chatwoot, Bound bound) {
    this.pipeline = pipeline;
    this.database = database;
    this.chatwoot = chatwoot;
    this.project = bound.project();
    this.source = bound.source();
  }

  /** News are told until it is closed. */
  interface News extends AutoCloseable {
    @Override
    void close();
  }

  void sync() throws IOException, InterruptedException {
    pipeline.api().sync(project);
  }

  News byWebhooks() {
    pipeline.webhooksTo(source, chatwoot);
    return chatwoot.webhooks()::stop;
  }

  News byPolls(Duration every) {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    var unused =
        clock.scheduleAtFixedRate(
            () -> {
              try {
                sync();
              } catch (IOException | IllegalStateException failed) {
                lastPoll = failed;
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            },
            0,
            every.toMillis(),
            TimeUnit.MILLISECONDS);
    return clock::shutdownNow;
  }

  void awaitStored(Collection<Long> messages) throws SQLException, InterruptedException {
    awaitNot(
        "select count(*) < ? from cw_messages where project_id = ?::uuid and message_id = any (?)",
        messages.size(),
        project,
        database.createArrayOf("bigint", messages.toArray()));
  }

  void awaitVectors() throws SQLException, InterruptedException {
    awaitNot(
        "select exists (select from rag_chunks where project_id = ?::uuid and embedding_status <> 'ready')",
        project);
  }

  /** When the last vector of each message was written, by the message's number in Chatwoot. */
  Map<Long, Instant> found(Collection<Long> messages) throws SQLException {
    Map<Long, Instant> found = new HashMap<>();
    try (var select =
        database.prepareStatement(
            """
            select m.message_id, max(c.last_embedded_at) from cw_messages m
            join rag_chunks c on c.message_global_id = m.global_id
            where m.project_id = ?::uuid and m.message_id = any (?) group by 1
            """)) {
      select.setString(1, project);
      select.setArray(2, database.createArrayOf("bigint", messages.toArray()));
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getLong(1), rows.getTimestamp(2).toInstant());
        }
      }
    }
    return found;
  }

  private void awaitNot(String sql, Object... values) throws SQLException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (is(sql, values)) {
      if (lastPoll != null) {
        throw new IllegalStateException("a sync failed", lastPoll);
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("still so after " + PATIENCE + ": " + sql);
      }
      Thread.sleep(200);
    }
  }

  private boolean is(String sql, Object... values) throws SQLException {
    try (var statement = database.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
