package dev.threadmill.gateway.conversations;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.conversations.MessageView.Attachment;
import dev.threadmill.gateway.conversations.MessageView.Sender;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code cw_messages}; those that are gone, or whose conversation is, do not appear, and
 * private ones without what they say.
 */
@Repository
class Messages {
  // What is gone with its conversation is gone, though its own row stands for a while.
  // One whose privacy nobody knows has its content in the row, and counts as private.
  private static final String COLUMNS =
      """
      select m.global_id, m.message_id, m.conversation_global_id, v.conversation_id, v.source_id, m.message_type,
             m.sender_type, m.sender_id, m.data -> 'sender' ->> 'name' as sender_name, m.content_type, m.private,
             case when not m.private then m.content end as content, m.status, m.created_at,
             case when not m.private then m.data -> 'attachments' end as attachments
      from cw_messages m join cw_conversations v on v.global_id = m.conversation_global_id
      where m.project_id = :project and m.deleted_at is null and v.deleted_at is null
        and v.source_id = any (array(select id from project_sources where project_id = :project and removed_at is null))
        and (:type::text is null or m.message_type = :type)
        and (:from::timestamptz is null or m.created_at >= :from)
        and (:to::timestamptz is null or m.created_at < :to)
        and (not :said_only or not m.private and m.message_type in ('incoming', 'outgoing'))
      """;

  private final JdbcClient jdbc;

  Messages(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A message in the list of a project. */
  record Place(Instant createdAt, String globalId) {}

  /** The messages of a project by the time they were written, at most {@code limit}. */
  List<MessageView> ofProject(
      UUID projectId, MessageFilter filter, @Nullable Place after, int limit, ChatwootLinks links) {
    boolean rising = filter.oldestFirst();
    String sql =
        COLUMNS
            + """
            and (:after::timestamptz is null or (m.created_at, m.global_id) %1$s (:after, :after_id::text))
            order by m.created_at %2$s, m.global_id %2$s limit :limit
            """
                .formatted(rising ? ">" : "<", rising ? "asc" : "desc");
    return filtered(sql, projectId, filter)
        .param("after", after == null ? null : Columns.parameter(after.createdAt()))
        .param("after_id", after == null ? null : after.globalId())
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  /**
   * The messages of a conversation by their numbers, at most {@code limit}.
   *
   * @param after the number of the last one of the page before
   */
  List<MessageView> ofConversation(
      UUID projectId,
      String conversation,
      MessageFilter filter,
      @Nullable Long after,
      int limit,
      ChatwootLinks links) {
    boolean rising = filter.oldestFirst();
    String sql =
        COLUMNS
            + """
            and m.conversation_global_id = :conversation
            and (:after::bigint is null or m.message_id %1$s :after)
            order by m.message_id %2$s limit :limit
            """
                .formatted(rising ? ">" : "<", rising ? "asc" : "desc");
    return filtered(sql, projectId, filter)
        .param("conversation", conversation)
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  /** One that the contact and the team can see. */
  Optional<MessageView> said(UUID projectId, String globalId, ChatwootLinks links) {
    return filtered(COLUMNS + "and m.global_id = :id", projectId, MessageFilter.SAID)
        .param("id", globalId)
        .query((row, number) -> view(row, links))
        .optional();
  }

  private StatementSpec filtered(String sql, UUID projectId, MessageFilter filter) {
    return jdbc.sql(sql)
        .param("project", projectId)
        .param("type", filter.type())
        .param("from", Columns.parameter(filter.from()))
        .param("to", Columns.parameter(filter.to()))
        .param("said_only", filter.saidOnly());
  }

  private static MessageView view(ResultSet row, ChatwootLinks links) throws SQLException {
    long id = row.getLong("message_id");
    long conversation = row.getLong("conversation_id");
    return new MessageView(
        row.getString("global_id"),
        id,
        row.getString("conversation_global_id"),
        conversation,
        row.getString("message_type"),
        sender(row),
        row.getString("content"),
        row.getString("content_type"),
        row.getBoolean("private"),
        row.getString("status"),
        Columns.json(row, "attachments").valueStream().map(Messages::attachment).toList(),
        Columns.requiredInstant(row, "created_at"),
        links.message(Columns.uuid(row, "source_id"), conversation, id));
  }

  private static @Nullable Sender sender(ResultSet row) throws SQLException {
    String type = row.getString("sender_type");
    Long id = Columns.wholeNumber(row, "sender_id");
    return type == null || id == null ? null : new Sender(type, id, row.getString("sender_name"));
  }

  private static Attachment attachment(JsonNode stored) {
    JsonNode size = stored.path("file_size");
    return new Attachment(
        stored.path("file_type").asStringOpt().orElse(null),
        stored.path("data_url").asStringOpt().orElse(null),
        size.canConvertToLong() ? size.asLong() : null);
  }
}
