package dev.threadmill.ingest.store;

import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.Rows.Row;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The column {@code cw_contacts.recheck_at}: contacts of which something hints that they may be
 * gone, as the mergee of a merge is.
 */
@Repository
public class ContactChecks {
  private final JdbcClient jdbc;

  ContactChecks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Marks the contacts that these conversations leave; to be called before the conversations are
   * stored, in the same transaction.
   */
  public void markLeft(Source source, Collection<ConversationPayload> conversations) {
    if (conversations.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            update cw_contacts set recheck_at = now()
            where deleted_at is null and global_id in (
              select c.contact_global_id
              from json_to_recordset(:rows::json) as r(global_id text, contact text, updated_at timestamptz)
              cross join lateral (
                select contact_global_id, source_updated_at from cw_conversations
                where global_id = r.global_id offset 0) c
              where c.contact_global_id is distinct from r.contact and c.source_updated_at <= r.updated_at)
            """)
        .param("rows", Rows.of(conversations, conversation -> row(source, conversation)))
        .update();
  }

  private static Row row(Source source, ConversationPayload conversation) {
    return new Row()
        .with("global_id", GlobalIds.conversation(source, conversation.id()))
        .with(
            "contact",
            conversation
                .contact()
                .map(ContactPayload::id)
                .map(id -> GlobalIds.contact(source, id))
                .orElse(null))
        .with("updated_at", conversation.updatedAt());
  }

  public List<Long> due(Source source, int limit) {
    return jdbc.sql(
            """
            select contact_id from cw_contacts
            where source_id = :source and recheck_at <= now() order by recheck_at limit :limit
            """)
        .param("source", source.id())
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  /** The contact was found. */
  public void settled(Source source, long contactId) {
    jdbc.sql(
            "update cw_contacts set recheck_at = null where global_id = :id and recheck_at is not null")
        .param("id", GlobalIds.contact(source, contactId))
        .update();
  }

  /** The contact could not be asked for; one that nothing hinted at stays as it is. */
  public void later(Source source, long contactId, Duration wait) {
    jdbc.sql(
            """
            update cw_contacts set recheck_at = now() + make_interval(secs => :wait)
            where global_id = :id and recheck_at is not null
            """)
        .param("wait", wait.toSeconds())
        .param("id", GlobalIds.contact(source, contactId))
        .update();
  }
}
