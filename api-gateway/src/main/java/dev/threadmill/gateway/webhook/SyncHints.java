package dev.threadmill.gateway.webhook;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code sync_hints}: the gateway files, ingest-service reads and deletes. */
@Repository
class SyncHints {
  private final JdbcClient jdbc;

  SyncHints(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One row per conversation, however often it is hinted at; the newest time tells the reader that
   * it must look again.
   */
  void file(UUID sourceId, long conversationId) {
    jdbc.sql(
            """
            insert into sync_hints (source_id, conversation_id, received_at)
            values (:source, :conversation, clock_timestamp())
            on conflict (source_id, conversation_id) do update set received_at = excluded.received_at
            """)
        .param("source", sourceId)
        .param("conversation", conversationId)
        .update();
  }
}
