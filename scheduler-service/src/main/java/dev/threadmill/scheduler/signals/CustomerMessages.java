package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads what customers wrote from {@code cw_messages}, and notes in {@code signal_reads} how far.
 */
@Repository
class CustomerMessages {
  /** At once in memory; a conversation may have any number of messages. */
  private static final int FETCHED = 500;

  private final JdbcClient jdbc;

  CustomerMessages(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A conversation as it is now.
   *
   * @param contactId null: not known
   */
  record Conversation(String id, @Nullable String contactId) {}

  /**
   * A message that is new, or was changed.
   *
   * @param text null: a customer says nothing in it, or no more
   * @param mail its text may have quotes of others
   * @param textHashes of its chunks
   */
  record Message(
      String id,
      String conversationId,
      Instant createdAt,
      @Nullable String text,
      boolean mail,
      List<String> textHashes) {}

  /** Those that are there, of the ids. */
  List<Conversation> there(UUID project, Collection<String> ids) {
    return jdbc.sql(
            """
            select global_id, contact_global_id from cw_conversations
            where project_id = :project and global_id = any (:ids) and deleted_at is null
            """)
        .param("project", project)
        .param("ids", ids.toArray(String[]::new))
        .query(
            (row, n) ->
                new Conversation(row.getString("global_id"), row.getString("contact_global_id")))
        .list();
  }

  /**
   * The messages of conversations that changed since these were read, from the first on that is
   * noted as changed; all of a conversation that never was read, or was by other rules; by
   * conversation, the oldest first. An hour more than that, for {@code changed_at} is the time at
   * which a transaction began. In a transaction, for the rows come bit by bit.
   *
   * <p>The text is that of the chunks, where mails have no quotes and no markup; what is too short
   * for a chunk is taken as it is.
   */
  void changed(
      UUID project, Collection<String> conversations, String rules, Consumer<Message> each) {
    jdbc.sql(
            """
            select m.global_id, m.conversation_global_id, m.created_at, m.content_type = 'incoming_email' as mail,
              case when s.said then coalesce(left(c.text, 20000), left(m.content, 10000), '') end as text,
              coalesce(c.hashes, '{}') as hashes
            from (
              select c.id, r.read_at is null or r.rules <> :rules as whole, r.read_at, n.from_message
              from unnest(:conversations::text[]) as c (id)
                left join signal_reads r on r.conversation_global_id = c.id
                left join changed_conversations n on n.conversation_global_id = c.id and n.reader = 'signals') w
            cross join lateral (
              select * from cw_messages
              where conversation_global_id = w.id and project_id = :project
                -- By the index, so that one message more costs no look at all those before it.
                and message_id >= case when w.whole then 0 else coalesce(w.from_message, 9223372036854775807) end) m
            cross join lateral (
              select m.message_type = 'incoming' and not m.private and m.deleted_at is null as said) s
            left join lateral (
              select string_agg(c.text, ' ' order by c.chunk_index) as text, array_agg(c.text_hash) as hashes
              from rag_chunks c where s.said and c.message_global_id = m.global_id) c on true
            where w.whole or m.changed_at > w.read_at - interval '1 hour'
            order by m.conversation_global_id, m.created_at, m.global_id
            """)
        .param("project", project)
        .param("conversations", conversations.toArray(String[]::new))
        .param("rules", rules)
        .withFetchSize(FETCHED)
        .query(
            row -> {
              each.accept(
                  new Message(
                      row.getString("global_id"),
                      row.getString("conversation_global_id"),
                      Columns.requiredInstant(row, "created_at"),
                      row.getString("text"),
                      row.getBoolean("mail"),
                      Arrays.asList((String[]) row.getArray("hashes").getArray())));
            });
  }

  /** They are read by these rules, as of the beginning of this transaction. */
  void read(UUID project, Collection<String> conversations, String rules) {
    jdbc.sql(
            """
            insert into signal_reads (project_id, conversation_global_id, read_at, rules)
            select :project, id, now(), :rules from unnest(:conversations::text[]) as c (id) order by id
            on conflict (conversation_global_id) do update set read_at = excluded.read_at, rules = excluded.rules
            """)
        .param("project", project)
        .param("rules", rules)
        .param("conversations", conversations.toArray(String[]::new))
        .update();
  }

  /**
   * Conversations that were read by other rules than these and are not to be read anyway, at most
   * so many.
   */
  List<String> readByOthers(UUID project, String rules, int limit) {
    // Both ends of the index, for what differs from something is no range of it.
    return jdbc.sql(
            """
            (select r.conversation_global_id from signal_reads r
             where r.project_id = :project and r.rules < :rules
               and not exists (
                 select from changed_conversations c
                 where c.conversation_global_id = r.conversation_global_id and c.reader = 'signals')
             order by r.rules limit :limit)
            union all
            (select r.conversation_global_id from signal_reads r
             where r.project_id = :project and r.rules > :rules
               and not exists (
                 select from changed_conversations c
                 where c.conversation_global_id = r.conversation_global_id and c.reader = 'signals')
             order by r.rules limit :limit)
            limit :limit
            """)
        .param("project", project)
        .param("rules", rules)
        .param("limit", limit)
        .query(String.class)
        .list();
  }

  /** These conversations are gone, and so is what was noted of them. */
  void forget(Collection<String> conversations) {
    jdbc.sql("delete from signal_reads where conversation_global_id = any (:conversations)")
        .param("conversations", conversations.toArray(String[]::new))
        .update();
  }
}
