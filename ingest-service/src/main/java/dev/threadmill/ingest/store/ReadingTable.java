package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The columns of {@code cw_conversations} that say whether a conversation's messages must be read:
 * the sync's list of work, which no crash and no limit can lose.
 */
@Repository
public class ReadingTable {
  private final JdbcClient jdbc;

  ReadingTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Conversations to read, latest change first.
   *
   * @param after the last one of the list before; null for the first
   */
  public List<UnreadConversation> unread(
      UUID sourceId, @Nullable UnreadConversation after, int limit) {
    return jdbc.sql(
            """
            select global_id, conversation_id, source_updated_at, messages_cursor, messages_cursor_seen, read_failures
            from cw_conversations
            where source_id = :source and deleted_at is null and messages_read_at is distinct from source_updated_at
              and (retry_at is null or retry_at <= now())
              and (source_updated_at, conversation_id) < (:after::timestamptz, :id)
            order by source_updated_at desc, conversation_id desc limit :limit
            """)
        .param("source", sourceId)
        .param("after", after == null ? "infinity" : after.updatedAt().toString())
        .param("id", after == null ? Long.MAX_VALUE : after.id())
        .param("limit", limit)
        .query(ReadingTable::row)
        .list();
  }

  public UnreadState state(UUID sourceId) {
    return jdbc.sql(
            """
            select count(*) as unread, count(*) filter (where read_failures > 0) as set_aside
            from cw_conversations
            where source_id = :source and deleted_at is null and messages_read_at is distinct from source_updated_at
            """)
        .param("source", sourceId)
        .query((row, number) -> new UnreadState(row.getLong("unread"), row.getLong("set_aside")))
        .single();
  }

  public List<SetAside> setAside(UUID sourceId, int limit) {
    return jdbc.sql(
            """
            select conversation_id, read_error, read_failures, retry_at from cw_conversations
            where source_id = :source and deleted_at is null and messages_read_at is distinct from source_updated_at
              and read_failures > 0
            order by source_updated_at desc, conversation_id desc limit :limit
            """)
        .param("source", sourceId)
        .param("limit", limit)
        .query(
            (row, number) ->
                new SetAside(
                    row.getLong("conversation_id"),
                    row.getString("read_error"),
                    row.getInt("read_failures"),
                    Columns.requiredInstant(row, "retry_at")))
        .list();
  }

  /**
   * Locks the conversation for the transaction that stores its messages, or is empty when a state
   * later than the seen one was stored already, or the conversation is gone.
   */
  public Optional<String> lockToStore(String globalId, Instant seen) {
    return jdbc.sql(
            """
            select global_id from cw_conversations
            where global_id = :id and deleted_at is null and coalesce(messages_read_at, '-infinity') <= :seen
            for update
            """)
        .param("id", globalId)
        .param("seen", Columns.parameter(seen))
        .query(String.class)
        .optional();
  }

  /** All messages are stored as they were when {@code updated_at} was the seen one, or later. */
  public void markRead(String globalId, Instant seen) {
    jdbc.sql(
            """
            update cw_conversations
            set messages_read_at = :seen, messages_cursor = null, messages_cursor_seen = null,
                read_failures = 0, read_error = null, retry_at = null
            where global_id = :id
            """)
        .param("id", globalId)
        .param("seen", Columns.parameter(seen))
        .update();
  }

  /** The messages below an id are stored; a later read goes on there. */
  public void rememberCursor(String globalId, UnreadConversation.Cursor cursor) {
    jdbc.sql(
            """
            update cw_conversations set messages_cursor = :from, messages_cursor_seen = :seen
            where global_id = :id
            """)
        .param("id", globalId)
        .param("from", cursor.from())
        .param("seen", Columns.parameter(cursor.seen()))
        .update();
  }

  /** Sets the conversation aside for a while. */
  public void failed(String globalId, String error, Duration retryAfter) {
    jdbc.sql(
            """
            update cw_conversations
            set read_failures = read_failures + 1, read_error = :error,
                retry_at = now() + make_interval(secs => :after)
            where global_id = :id
            """)
        .param("id", globalId)
        .param("error", error)
        .param("after", retryAfter.toMillis() / 1000.0)
        .update();
  }

  private static UnreadConversation row(ResultSet row, int number) throws SQLException {
    Long from = Columns.wholeNumber(row, "messages_cursor");
    Instant seen = Columns.instant(row, "messages_cursor_seen");
    return new UnreadConversation(
        row.getString("global_id"),
        row.getLong("conversation_id"),
        Columns.requiredInstant(row, "source_updated_at"),
        from == null || seen == null ? null : new UnreadConversation.Cursor(from, seen),
        row.getInt("read_failures"));
  }
}
