package dev.threadmill.gateway.webhook;

import dev.threadmill.core.database.Together;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code sync_hints}: the gateway files, ingest-service reads and deletes. */
@Repository
class SyncHints {
  private final JdbcClient jdbc;
  private final Together<Hint, Boolean> filed = new Together<>("webhook-hints", this::file);

  SyncHints(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Hint(UUID sourceId, long conversationId) {}

  /**
   * One row per conversation, however often it is hinted at; the newest time tells the reader that
   * it must look again. What comes at the same time shares a statement: Chatwoot waits five seconds
   * for an answer and tells nothing twice, so a burst must not queue for connections.
   */
  void file(UUID sourceId, long conversationId) {
    var unused = filed.ask(new Hint(sourceId, conversationId));
  }

  // In one order, for other gateways file the same.
  private List<Boolean> file(List<Hint> hints) {
    jdbc.sql(
            """
            insert into sync_hints (source_id, conversation_id, received_at)
            select source_id, conversation_id, clock_timestamp()
            from (select distinct * from unnest(:sources::uuid[], :conversations::bigint[])) as hint (source_id, conversation_id)
            order by source_id, conversation_id
            on conflict (source_id, conversation_id) do update set received_at = excluded.received_at
            """)
        .param("sources", hints.stream().map(Hint::sourceId).toArray(UUID[]::new))
        .param("conversations", hints.stream().map(Hint::conversationId).toArray(Long[]::new))
        .update();
    return Collections.nCopies(hints.size(), true);
  }
}
