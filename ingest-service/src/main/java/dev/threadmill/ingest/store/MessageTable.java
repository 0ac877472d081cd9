package dev.threadmill.ingest.store;

import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.MessagePayload;
import dev.threadmill.ingest.store.Rows.Row;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code cw_messages}. */
@Repository
public class MessageTable {
  private final JdbcClient jdbc;

  MessageTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Stores messages of one conversation; rows that would not change are not touched. A message that
   * is deleted there keeps its row without its content.
   *
   * @return what was new and what was changed
   */
  public Upserted upsert(
      Source source, String conversationGlobalId, Collection<MessagePayload> messages) {
    if (messages.isEmpty()) {
      return Upserted.NOTHING;
    }
    List<Boolean> rows =
        jdbc.sql(
                """
            insert into cw_messages as m
              (global_id, project_id, conversation_global_id, message_id, message_type, content_type, content,
               private, status, sender_type, sender_id, created_at, data, deleted_at)
            select global_id, :project, :conversation, message_id, message_type, content_type, content,
                   private, status, sender_type, sender_id, created_at, data, case when deleted then now() end
            from json_to_recordset(:rows::json) as r(
              global_id text, message_id bigint, message_type text, content_type text, content text,
              private boolean, status text, sender_type text, sender_id bigint, created_at timestamptz,
              data jsonb, deleted boolean)
            on conflict (global_id) do update
            set conversation_global_id = excluded.conversation_global_id, message_type = excluded.message_type,
                content_type = excluded.content_type, content = excluded.content, private = excluded.private,
                status = excluded.status, sender_type = excluded.sender_type, sender_id = excluded.sender_id,
                created_at = excluded.created_at, data = excluded.data, changed_at = now(),
                deleted_at = case when excluded.deleted_at is not null
                                  then coalesce(m.deleted_at, excluded.deleted_at) end
            where (m.conversation_global_id, m.message_type, m.content_type, m.content, m.private, m.status,
                   m.sender_type, m.sender_id, m.created_at, m.data, m.deleted_at is null)
              is distinct from
                  (excluded.conversation_global_id, excluded.message_type, excluded.content_type,
                   excluded.content, excluded.private, excluded.status, excluded.sender_type,
                   excluded.sender_id, excluded.created_at, excluded.data, excluded.deleted_at is null)
            returning xmax = 0 as is_new
            """)
            .param("rows", Rows.of(messages, message -> row(source, message)))
            .param("project", source.projectId())
            .param("conversation", conversationGlobalId)
            .query(Boolean.class)
            .list();
    int inserted = (int) rows.stream().filter(isNew -> isNew).count();
    return new Upserted(inserted, rows.size() - inserted);
  }

  /**
   * Erases what is stored of a window of ids and was not among the messages that a complete read of
   * that window gave: it is gone without a trace there.
   *
   * @param from inclusive
   * @param before exclusive
   * @return the global ids of the messages erased now
   */
  public List<String> eraseMissing(
      String conversationGlobalId, long from, long before, Collection<Long> present) {
    return jdbc.sql(
            """
            update cw_messages set deleted_at = coalesce(deleted_at, now()), changed_at = now(), content = null, data = '{}'
            where conversation_global_id = :conversation and (deleted_at is null or data <> '{}')
              and message_id >= :from and message_id < :before
              and message_id not in (select id::bigint from json_array_elements_text(:present::json) as p(id))
            returning global_id
            """)
        .param("conversation", conversationGlobalId)
        .param("from", from)
        .param("before", before)
        .param("present", Rows.ofNumbers(present))
        .query(String.class)
        .list();
  }

  private static Row row(Source source, MessagePayload message) {
    return new Row()
        .with("global_id", GlobalIds.message(source, message.id()))
        .with("message_id", message.id())
        .with("message_type", message.type().wireName())
        .with("content_type", message.contentType())
        .with("content", message.content())
        .with("private", message.isPrivate())
        .with("status", message.status())
        .with("sender_type", message.senderType())
        .with("sender_id", message.senderId())
        .with("created_at", message.createdAt())
        .with("data", message.data())
        .with("deleted", message.deleted());
  }
}
