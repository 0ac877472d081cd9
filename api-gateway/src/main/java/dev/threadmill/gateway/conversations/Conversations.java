package dev.threadmill.gateway.conversations;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.conversations.ConversationOrder.Place;
import dev.threadmill.gateway.conversations.ConversationView.Contact;
import dev.threadmill.gateway.conversations.ConversationView.Inbox;
import dev.threadmill.gateway.conversations.ConversationView.Person;
import dev.threadmill.gateway.conversations.ConversationView.Times;
import dev.threadmill.gateway.page.GlobalId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads {@code cw_conversations}; those that are gone, or whose source is, do not appear. The ids
 * of other tables stand in arrays, for beside an "or" a subquery would be compared row by row.
 */
@Repository
class Conversations {
  /**
   * What is told of the chosen rows, which are few: names by primary keys, and of a resolved one
   * the latest activity message, which stands near the end of its messages.
   */
  private static final String TOLD =
      """
      select v.global_id, v.conversation_id, v.source_id, v.uuid, v.status, v.priority, v.labels, v.inbox_id,
             i.name as inbox_name, v.channel, v.assignee_id, v.assignee_name, v.team_id, v.contact_global_id,
             c.contact_id, c.name as contact_name, v.data -> 'additional_attributes' ->> 'mail_subject' as subject,
             v.data -> 'custom_attributes' as custom_attributes, v.created_at, v.source_updated_at, v.last_activity_at,
             v.waiting_since, v.snoozed_until, v.first_reply_created_at,
             case when v.status = 'resolved' then coalesce(a.created_at, v.last_activity_at) end as resolved_at,
             v.messages_read_at is not distinct from v.source_updated_at as messages_complete
      from chosen v
      left join cw_inboxes i
        on i.global_id = 'cwi:' || v.project_id || ':' || v.account_id || ':' || v.inbox_id and i.deleted_at is null
      left join cw_contacts c on c.global_id = v.contact_global_id
      left join lateral (
        select m.created_at from cw_messages m
        where v.status = 'resolved' and m.conversation_global_id = v.global_id and m.message_type = 'activity'
        order by m.message_id desc limit 1) a on true
      """;

  private final JdbcClient jdbc;

  Conversations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The latest first, at most {@code limit}.
   *
   * @param after the last one of the page before
   */
  List<ConversationView> list(
      UUID projectId,
      ConversationFilter filter,
      ConversationOrder order,
      @Nullable Place after,
      int limit,
      ChatwootLinks links) {
    GlobalId contact = filter.contact();
    return jdbc.sql(
            """
            with chosen as materialized (
              select * from cw_conversations
              where project_id = :project and deleted_at is null
                and source_id = any (array(select id from project_sources where project_id = :project and removed_at is null))
                and (:status::text is null or status = :status)
                and (:inbox::bigint is null or inbox_id = :inbox)
                and (:label::text is null
                  or labels_of_project(project_id, labels) @> array[:project::text || ':' || :label])
                and (:contact::text is null or contact_global_id = :contact)
                and (:contact_number::bigint is null or contact_global_id = any (array(
                  select global_id from cw_contacts where project_id = :project and contact_id = :contact_number)))
                and (:channel::text is null or left(channel, 255) = :channel)
                and (:priority::text is null or priority = :priority)
                and (:from::timestamptz is null or %1$s >= :from)
                and (:to::timestamptz is null or %1$s < :to)
                and (:after::timestamptz is null or (%1$s, global_id) < (:after, :after_id::text))
              order by %1$s desc, global_id desc limit :limit)
            %2$s
            order by v.%1$s desc, v.global_id desc
            """
                .formatted(order.column(), TOLD))
        .param("project", projectId)
        .param("status", filter.status())
        .param("inbox", filter.inbox())
        .param("label", filter.label())
        .param("contact", contact == null ? null : contact.text())
        .param("contact_number", contact == null ? null : contact.number())
        .param("channel", filter.channel())
        .param("priority", filter.priority())
        .param("from", Columns.parameter(filter.from()))
        .param("to", Columns.parameter(filter.to()))
        .param("after", after == null ? null : Columns.parameter(after.at()))
        .param("after_id", after == null ? null : after.globalId())
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  /** The conversations of this id: none, one, or one of each account of the project. */
  List<ConversationView> find(UUID projectId, GlobalId id, ChatwootLinks links) {
    return jdbc.sql(
            """
            with chosen as materialized (
              select * from cw_conversations
              where project_id = :project and deleted_at is null
                and source_id = any (array(select id from project_sources where project_id = :project and removed_at is null))
                and (:id::text is null or global_id = :id)
                and (:number::bigint is null or conversation_id = :number))
            %s
            """
                .formatted(TOLD))
        .param("project", projectId)
        .param("id", id.text())
        .param("number", id.number())
        .query((row, number) -> view(row, links))
        .list();
  }

  private static ConversationView view(ResultSet row, ChatwootLinks links) throws SQLException {
    UUID source = Columns.uuid(row, "source_id");
    long id = row.getLong("conversation_id");
    Instant begun = Columns.requiredInstant(row, "created_at");
    return new ConversationView(
        row.getString("global_id"),
        id,
        source,
        row.getString("uuid"),
        row.getString("status"),
        row.getString("priority"),
        Arrays.asList((String[]) row.getArray("labels").getArray()),
        inbox(row),
        row.getString("channel"),
        assignee(row),
        Columns.wholeNumber(row, "team_id"),
        contact(row),
        row.getString("subject"),
        Columns.json(row, "custom_attributes"),
        begun,
        Columns.instant(row, "source_updated_at"),
        Columns.requiredInstant(row, "last_activity_at"),
        Columns.instant(row, "waiting_since"),
        Columns.instant(row, "snoozed_until"),
        Times.of(
            begun,
            Columns.instant(row, "first_reply_created_at"),
            Columns.instant(row, "resolved_at")),
        row.getBoolean("messages_complete"),
        links.conversation(source, id));
  }

  private static @Nullable Inbox inbox(ResultSet row) throws SQLException {
    Long id = Columns.wholeNumber(row, "inbox_id");
    return id == null ? null : new Inbox(id, row.getString("inbox_name"));
  }

  private static @Nullable Person assignee(ResultSet row) throws SQLException {
    Long id = Columns.wholeNumber(row, "assignee_id");
    return id == null ? null : new Person(id, row.getString("assignee_name"));
  }

  private static @Nullable Contact contact(ResultSet row) throws SQLException {
    Long id = Columns.wholeNumber(row, "contact_id");
    return id == null
        ? null
        : new Contact(row.getString("contact_global_id"), id, row.getString("contact_name"));
  }
}
