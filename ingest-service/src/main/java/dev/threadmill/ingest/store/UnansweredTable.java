package dev.threadmill.ingest.store;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code sync_unanswered}: conversations that no page of the list shows and whose own
 * answer fails.
 */
@Repository
public class UnansweredTable {
  private final JdbcClient jdbc;

  UnansweredTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Remembers that the conversation could not be read. The next run tries again; after that each
   * failure doubles the wait.
   */
  public void failed(
      UUID sourceId, long conversationId, String error, Duration first, Duration last) {
    jdbc.sql(
            """
            insert into sync_unanswered as u (source_id, conversation_id, failures, error, retry_at)
            values (:source, :conversation, 1, :error, now())
            on conflict (source_id, conversation_id) do update
            set failures = u.failures + 1, error = excluded.error,
                retry_at = now() + make_interval(secs => least(:last, :first * 2 ^ least(u.failures - 1, 20)))
            """)
        .param("source", sourceId)
        .param("conversation", conversationId)
        .param("error", error)
        .param("first", first.toSeconds())
        .param("last", last.toSeconds())
        .update();
  }

  /** It was read, or is gone. */
  public void settled(UUID sourceId, long conversationId) {
    jdbc.sql(
            "delete from sync_unanswered where source_id = :source and conversation_id = :conversation")
        .param("source", sourceId)
        .param("conversation", conversationId)
        .update();
  }

  public List<Long> due(UUID sourceId, int limit) {
    return jdbc.sql(
            """
            select conversation_id from sync_unanswered
            where source_id = :source and retry_at <= now() order by retry_at limit :limit
            """)
        .param("source", sourceId)
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  public List<SetAside> all(UUID sourceId, int limit) {
    return jdbc.sql(
            """
            select conversation_id, error, failures, retry_at from sync_unanswered
            where source_id = :source order by conversation_id limit :limit
            """)
        .param("source", sourceId)
        .param("limit", limit)
        .query(SetAside::of)
        .list();
  }

  public long count(UUID sourceId) {
    return jdbc.sql("select count(*) from sync_unanswered where source_id = :source")
        .param("source", sourceId)
        .query(Long.class)
        .single();
  }
}
