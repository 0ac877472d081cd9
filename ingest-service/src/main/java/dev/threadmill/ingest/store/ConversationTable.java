package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.Rows.Row;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code cw_conversations}: what the account shows. */
@Repository
public class ConversationTable {
  private final JdbcClient jdbc;

  ConversationTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Stores conversations; their contacts must be stored already. Rows that would not change, and
   * rows of which a later state is stored, are not touched. One that was gone and is there again
   * must be read again.
   *
   * @return how many are new or changed
   */
  public int upsert(Source source, Collection<ConversationPayload> conversations) {
    // The same one twice can't be in one statement; sorted, so that locks are taken in one order.
    SortedMap<Long, ConversationPayload> byId = new TreeMap<>();
    conversations.forEach(
        conversation ->
            byId.merge(
                conversation.id(),
                conversation,
                (a, b) -> b.updatedAt().isBefore(a.updatedAt()) ? a : b));
    if (byId.isEmpty()) {
      return 0;
    }
    return jdbc.sql(
            """
            with incoming as (
              select * from json_to_recordset(:rows::json) as r(
                global_id text, conversation_id bigint, uuid text, inbox_id bigint, channel text, status text,
                priority text, labels text[], assignee_id bigint, assignee_name text, team_id bigint,
                contact_global_id text, created_at timestamptz, source_updated_at timestamptz,
                last_activity_at timestamptz, first_reply_created_at timestamptz, waiting_since timestamptz,
                snoozed_until timestamptz, data jsonb, ordered boolean)),
            different as (
              select i.* from incoming i
              left join lateral (
                select global_id, deleted_at, source_updated_at, contact_global_id, data
                from cw_conversations where global_id = i.global_id offset 0) c on true
              where c.global_id is null or c.deleted_at is not null
                 or ((not i.ordered or i.source_updated_at >= c.source_updated_at)
                     and (c.source_updated_at, c.contact_global_id, c.data)
                         is distinct from
                         (greatest(i.source_updated_at, c.source_updated_at), i.contact_global_id, i.data)))
            insert into cw_conversations as c
              (global_id, project_id, source_id, account_id, conversation_id, uuid, inbox_id, channel, status,
               priority, labels, assignee_id, assignee_name, team_id, contact_global_id, created_at,
               source_updated_at, last_activity_at, first_reply_created_at, waiting_since, snoozed_until, data)
            select global_id, :project, :source, :account, conversation_id, uuid, inbox_id, channel, status,
                   priority, labels, assignee_id, assignee_name, team_id, contact_global_id, created_at,
                   source_updated_at, last_activity_at, first_reply_created_at, waiting_since, snoozed_until, data
            from different order by global_id
            on conflict (global_id) do update
            set uuid = excluded.uuid, inbox_id = excluded.inbox_id, channel = excluded.channel,
                status = excluded.status, priority = excluded.priority, labels = excluded.labels,
                assignee_id = excluded.assignee_id, assignee_name = excluded.assignee_name,
                team_id = excluded.team_id, contact_global_id = excluded.contact_global_id,
                created_at = excluded.created_at,
                source_updated_at = greatest(excluded.source_updated_at, c.source_updated_at),
                last_activity_at = excluded.last_activity_at,
                first_reply_created_at = excluded.first_reply_created_at,
                waiting_since = excluded.waiting_since, snoozed_until = excluded.snoozed_until,
                data = excluded.data, changed_at = now(), deleted_at = null,
                messages_read_at = case when c.deleted_at is null then c.messages_read_at end
            where excluded.source_updated_at >= c.source_updated_at or c.deleted_at is not null or :unordered
            """)
        .param("unordered", byId.values().stream().noneMatch(ConversationPayload::ordered))
        .param("rows", Rows.of(byId.values(), conversation -> row(source, conversation)))
        .param("project", source.projectId())
        .param("source", source.id())
        .param("account", source.accountId())
        .update();
  }

  /**
   * The conversation is gone: its content is erased, the row stays. Its messages and chunks are
   * other tables' matter, in the same transaction.
   */
  public void markDeleted(String globalId) {
    // Who was part of it may be gone, too.
    jdbc.sql(
            """
            update cw_contacts c set recheck_at = now()
            from cw_conversations v
            where v.global_id = :id and v.deleted_at is null and c.global_id = v.contact_global_id
              and c.deleted_at is null
            """)
        .param("id", globalId)
        .update();
    jdbc.sql(
            """
            update cw_conversations
            set deleted_at = now(), changed_at = now(), data = '{}', labels = '{}', assignee_name = null,
                messages_cursor = null, messages_cursor_seen = null,
                read_failures = 0, read_error = null, retry_at = null
            where global_id = :id and deleted_at is null
            """)
        .param("id", globalId)
        .update();
  }

  /** How many conversations are stored and not gone. */
  public long countPresent(Source source) {
    return jdbc.sql(
            """
            select count(*) from cw_conversations
            where project_id = :project and source_id = :source and deleted_at is null
            """)
        .param("project", source.projectId())
        .param("source", source.id())
        .query(Long.class)
        .single();
  }

  /** The highest display id that is stored, gone ones too; zero for none. */
  public long highest(Source source) {
    return jdbc.sql(
            "select coalesce(max(conversation_id), 0) from cw_conversations where source_id = :source")
        .param("source", source.id())
        .query(Long.class)
        .single();
  }

  /**
   * The display id below the lowest one that was created after a time, by what is stored; the
   * highest stored one where none was.
   */
  public long belowNew(Source source, Instant time) {
    return jdbc.sql(
            """
            select coalesce(
              (select min(conversation_id) - 1 from cw_conversations
               where source_id = :source and deleted_at is null and created_at >= :time),
              (select max(conversation_id) from cw_conversations where source_id = :source), 0)
            """)
        .param("source", source.id())
        .param("time", Columns.parameter(time))
        .query(Long.class)
        .single();
  }

  public long countUpTo(Source source, long id) {
    return jdbc.sql(
            """
            select count(*) from cw_conversations
            where source_id = :source and deleted_at is null and conversation_id <= :id
            """)
        .param("source", source.id())
        .param("id", id)
        .query(Long.class)
        .single();
  }

  /** Display ids above one, up to another, of which something is stored; rising. */
  public List<Long> present(Source source, long above, long upTo, int limit) {
    return jdbc.sql(
            """
            select conversation_id from cw_conversations
            where source_id = :source and deleted_at is null
              and conversation_id > :above and conversation_id <= :up_to
            order by conversation_id limit :limit
            """)
        .param("source", source.id())
        .param("above", above)
        .param("up_to", upTo)
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  /** Display ids above one, up to another, of which nothing is stored; rising. */
  public List<Long> unknown(Source source, long above, long upTo, int limit) {
    return jdbc.sql(
            """
            select id from generate_series(:above::bigint + 1, :up_to::bigint) as g(id)
            where not exists (select from cw_conversations c where c.global_id = :prefix || g.id)
              and not exists (select from sync_unanswered u where u.source_id = :source and u.conversation_id = g.id)
              and not exists (select from erased_things e where e.source_id = :source and e.global_id = :prefix || g.id)
            order by id limit :limit
            """)
        .param("above", above)
        .param("up_to", upTo)
        .param("prefix", GlobalIds.conversationPrefix(source))
        .param("source", source.id())
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  private static Row row(Source source, ConversationPayload conversation) {
    return new Row()
        .with("global_id", GlobalIds.conversation(source, conversation.id()))
        .with("conversation_id", conversation.id())
        .with("uuid", conversation.uuid())
        .with("inbox_id", conversation.inboxId())
        .with("channel", conversation.channel())
        .with("status", conversation.status())
        .with("priority", conversation.priority())
        .with("labels", conversation.labels())
        .with("assignee_id", conversation.assigneeId())
        .with("assignee_name", conversation.assigneeName())
        .with("team_id", conversation.teamId())
        .with("contact_global_id", contact(source, conversation))
        .with("created_at", conversation.createdAt())
        .with("source_updated_at", conversation.updatedAt())
        .with("last_activity_at", conversation.lastActivityAt())
        .with("first_reply_created_at", conversation.firstReplyCreatedAt())
        .with("waiting_since", conversation.waitingSince())
        .with("snoozed_until", conversation.snoozedUntil())
        .with("data", conversation.data())
        .with("ordered", conversation.ordered());
  }

  private static @Nullable String contact(Source source, ConversationPayload conversation) {
    return conversation
        .contact()
        .map(ContactPayload::id)
        .map(id -> GlobalIds.contact(source, id))
        .orElse(null);
  }
}
