package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code outbound_messages}, as people see it, and as far as they decide on it: a message
 * that may be on its way is nobody's to change.
 */
@Repository
class OutboundRows {
  private static final String SELECT =
      """
      select o.id, o.campaign_id, o.contact_global_id, o.conversation_global_id, o.step, o.channel, o.text, o.state,
        o.reason, o.error, o.due_at, o.attempts, o.message_id, o.sent_at, o.approved_by, o.approved_at, o.edited_by,
        o.edited_at, o.created_at, o.updated_at, v.source_id, v.conversation_id
      from outbound_messages o left join cw_conversations v on v.global_id = o.conversation_global_id
      """;

  private final JdbcClient jdbc;

  OutboundRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** In a list by creation. */
  record Place(Instant createdAt, UUID id) {}

  /** What passes; null lets everything pass. */
  record Filter(
      @Nullable UUID campaign,
      @Nullable String state,
      @Nullable String contact,
      @Nullable Place after) {}

  /** The newest first. */
  List<OutboundView> list(UUID project, Filter filter, int limit, ChatwootLinks links) {
    Place after = filter.after();
    return jdbc.sql(
            SELECT
                + """
                where o.project_id = :project
                  and (:campaign::uuid is null or o.campaign_id = :campaign::uuid)
                  and (:state::text is null or o.state = :state)
                  and (:contact::text is null or o.contact_global_id = :contact)
                  and (:after::timestamptz is null or (o.created_at, o.id) < (:after, :after_id::uuid))
                order by o.created_at desc, o.id desc limit :limit
                """)
        .param("project", project)
        .param("campaign", filter.campaign())
        .param("state", filter.state())
        .param("contact", filter.contact())
        .param("after", after == null ? null : Columns.parameter(after.createdAt()))
        .param("after_id", after == null ? null : after.id())
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  Optional<OutboundView> find(UUID project, UUID id, ChatwootLinks links) {
    return one(project, id, "", links);
  }

  /** The same, locked for the rest of the transaction. */
  Optional<OutboundView> lock(UUID project, UUID id, ChatwootLinks links) {
    return one(project, id, "for update of o", links);
  }

  private Optional<OutboundView> one(UUID project, UUID id, String lock, ChatwootLinks links) {
    return jdbc.sql(SELECT + "where o.project_id = :project and o.id = :id " + lock)
        .param("project", project)
        .param("id", id)
        .query((row, number) -> view(row, links))
        .optional();
  }

  /** Of a locked one that waits for it. */
  void approve(UUID id, String by) {
    jdbc.sql(
            """
            update outbound_messages
            set state = 'ready', approved_by = :by, approved_at = now(), due_at = greatest(due_at, now()), updated_at = now()
            where id = :id and state = 'waiting'
            """)
        .param("id", id)
        .param("by", by)
        .update();
  }

  /** Of a locked one that is not on its way. */
  void cancel(UUID id) {
    jdbc.sql(
            """
            update outbound_messages set state = 'cancelled', reason = 'by_hand', updated_at = now()
            where id = :id and state in ('waiting', 'ready')
            """)
        .param("id", id)
        .update();
  }

  /**
   * Another text for a locked one that is not on its way. Where each message is approved, this one
   * waits for it again.
   */
  void edit(UUID id, String text, String by) {
    jdbc.sql(
            """
            update outbound_messages o
            set text = :text, edited_by = :by, edited_at = now(), updated_at = now(), approved_by = null, approved_at = null,
              state = case when c.rules ->> 'approve_each' = 'true' then 'waiting' else o.state end
            from campaigns c
            where o.id = :id and o.state in ('waiting', 'ready') and c.id = o.campaign_id
            """)
        .param("id", id)
        .param("text", text)
        .param("by", by)
        .update();
  }

  /** Messages to a contact that may be on their way at this moment. */
  int inFlight(UUID project, String contact) {
    return jdbc.sql(
            """
            select count(*) from outbound_messages
            where project_id = :project and contact_global_id = :contact and state in ('sending', 'unknown')
            """)
        .param("project", project)
        .param("contact", contact)
        .query(Integer.class)
        .single();
  }

  private static OutboundView view(ResultSet row, ChatwootLinks links) throws SQLException {
    UUID source = row.getObject("source_id", UUID.class);
    return new OutboundView(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "campaign_id"),
        row.getString("contact_global_id"),
        row.getString("conversation_global_id"),
        row.getInt("step"),
        row.getString("channel"),
        row.getString("text"),
        row.getString("state"),
        row.getString("reason"),
        row.getString("error"),
        Columns.requiredInstant(row, "due_at"),
        row.getInt("attempts"),
        Columns.wholeNumber(row, "message_id"),
        Columns.instant(row, "sent_at"),
        row.getString("approved_by"),
        Columns.instant(row, "approved_at"),
        row.getString("edited_by"),
        Columns.instant(row, "edited_at"),
        Columns.requiredInstant(row, "created_at"),
        Columns.requiredInstant(row, "updated_at"),
        source == null ? null : links.conversation(source, row.getLong("conversation_id")));
  }
}
