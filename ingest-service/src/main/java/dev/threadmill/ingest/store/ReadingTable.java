package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Source;
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

  /** Conversations to read that changed before another one, the earliest change first. */
  public List<UnreadConversation> longestUnread(
      UUID sourceId, UnreadConversation before, int limit) {
    return jdbc.sql(
            """
            select global_id, conversation_id, source_updated_at, messages_cursor, messages_cursor_seen, read_failures
            from cw_conversations
            where source_id = :source and deleted_at is null and messages_read_at is distinct from source_updated_at
              and (retry_at is null or retry_at <= now())
              and (source_updated_at, conversation_id) < (:before::timestamptz, :id)
            order by source_updated_at, conversation_id limit :limit
            """)
        .param("source", sourceId)
        .param("before", before.updatedAt().toString())
        .param("id", before.id())
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
            select conversation_id, read_error as error, read_failures as failures, retry_at from cw_conversations
            where source_id = :source and deleted_at is null and messages_read_at is distinct from source_updated_at
              and read_failures > 0
            order by source_updated_at desc, conversation_id desc limit :limit
            """)
        .param("source", sourceId)
        .param("limit", limit)
        .query(SetAside::of)
        .list();
  }

  /**
   * Locks the conversation for the transaction that stores its messages, or is empty when a state
   * later than the seen one was stored already, be it in part, or the conversation is gone.
   */
  public Optional<String> lockToStore(String globalId, Instant seen) {
    return jdbc.sql(
            """
            select global_id from cw_conversations
            where global_id = :id and deleted_at is null and coalesce(messages_read_at, '-infinity') <= :seen
              and coalesce(messages_cursor_seen, '-infinity') <= :seen
            for update
            """)
        .param("id", globalId)
        .param("seen", Columns.parameter(seen))
        .query(String.class)
        .optional();
  }

  /** What is stored of one conversation; empty when nothing is. */
  public Optional<StoredConversation> stored(Source source, long conversationId) {
    return jdbc.sql(
            """
            select global_id, source_updated_at, messages_read_at, deleted_at is not null as gone
            from cw_conversations where global_id = :id
            """)
        .param("id", GlobalIds.conversation(source, conversationId))
        .query(
            (row, number) ->
                new StoredConversation(
                    row.getString("global_id"),
                    Columns.instant(row, "source_updated_at"),
                    Columns.instant(row, "messages_read_at"),
                    row.getBoolean("gone")))
        .optional();
  }

  /**
   * Marks the conversations to be read again whose inbox or contact went away lately: they follow
   * some minutes later, and nothing tells.
   *
   * @return how many
   */
  public int suspectThoseLeftBehind(Source source, Duration lately) {
    String gone =
        """
        update cw_conversations c set messages_read_at = null
        from (%s) gone
        where c.source_id = :source and c.deleted_at is null and c.messages_read_at is not null
          and c.read_failures = 0 and %s
        """;
    return suspect(
            gone.formatted(
                """
                select inbox_id from cw_inboxes
                where project_id = :project and source_id = :source
                  and deleted_at > now() - make_interval(secs => :lately)
                """,
                "c.inbox_id = gone.inbox_id"),
            source,
            lately)
        + suspect(
            gone.formatted(
                """
                select global_id from cw_contacts
                where project_id = :project and source_id = :source
                  and deleted_at > now() - make_interval(secs => :lately)
                """,
                "c.contact_global_id = gone.global_id"),
            source,
            lately);
  }

  private int suspect(String sql, Source source, Duration lately) {
    return jdbc.sql(sql)
        .param("source", source.id())
        .param("project", source.projectId())
        .param("lately", lately.toSeconds())
        .update();
  }

  /** All messages are stored as they were when {@code updated_at} was the seen one, or later. */
  public void markRead(String globalId, Instant seen) {
    jdbc.sql(
            """
            update cw_conversations
            set messages_read_at = :seen, messages_cursor = null, messages_cursor_seen = null,
                read_failures = 0, read_error = null, retry_at = null
            where global_id = :id
              and (messages_read_at is distinct from :seen or messages_cursor is not null or read_failures > 0)
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
