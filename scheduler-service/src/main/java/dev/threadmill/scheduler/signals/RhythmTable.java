package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code contact_rhythms}: each customer's rhythm, and when its silence is looked at next. */
@Repository
class RhythmTable {
  private final JdbcClient jdbc;

  RhythmTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A message of a customer. */
  record Heard(Instant at, String messageId, String conversationId) {}

  /**
   * @param visits that the rhythm was told by
   * @param rhythm null: too few to tell
   */
  record Row(
      String contactId, int visits, @Nullable Rhythm rhythm, Heard last, @Nullable Instant due) {}

  Instant now() {
    return jdbc.sql("select now() as now")
        .query((row, n) -> Columns.requiredInstant(row, "now"))
        .single();
  }

  /**
   * The latest messages of each of these customers, the newest first: at most 200, from the 20
   * conversations that were active last. Who is gone or blocked is not among them.
   */
  Map<String, List<Heard>> heard(UUID project, Collection<String> contacts) {
    Map<String, List<Heard>> heard = new HashMap<>();
    jdbc.sql(
            """
            select c.global_id as contact, m.created_at, m.global_id, m.conversation_global_id
            from cw_contacts c
            cross join lateral (
              select m.created_at, m.global_id, m.conversation_global_id
              from (select v.global_id from cw_conversations v
                    where v.contact_global_id = c.global_id and v.deleted_at is null
                    order by v.last_activity_at desc limit 20) v
              cross join lateral (
                select m.created_at, m.global_id, m.conversation_global_id from cw_messages m
                where m.conversation_global_id = v.global_id and m.message_type = 'incoming' and not m.private
                  and m.deleted_at is null
                order by m.message_id desc limit 200) m
              order by m.created_at desc, m.global_id desc limit 200) m
            where c.project_id = :project and c.global_id = any (:contacts) and c.deleted_at is null and not c.blocked
            order by c.global_id, m.created_at desc, m.global_id desc
            """)
        .param("project", project)
        .param("contacts", contacts.toArray(String[]::new))
        .query(
            row -> {
              heard
                  .computeIfAbsent(row.getString("contact"), id -> new ArrayList<>())
                  .add(
                      new Heard(
                          Columns.requiredInstant(row, "created_at"),
                          row.getString("global_id"),
                          row.getString("conversation_global_id")));
            });
    return heard;
  }

  /** Those who, as far as is noted, wrote last in one of these conversations. */
  List<String> spokeLastIn(UUID project, Collection<String> conversations) {
    return jdbc.sql(
            """
            select contact_global_id from contact_rhythms
            where conversation_global_id = any (:conversations) and project_id = :project
            """)
        .param("conversations", conversations.toArray(String[]::new))
        .param("project", project)
        .query(String.class)
        .list();
  }

  /** Those whose silence is to be looked at, at most so many. */
  List<String> due(UUID project, int limit) {
    return jdbc.sql(
            """
            select contact_global_id from contact_rhythms
            where project_id = :project and due_at <= now() order by due_at limit :limit
            """)
        .param("project", project)
        .param("limit", limit)
        .query(String.class)
        .list();
  }

  void put(UUID project, Collection<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into contact_rhythms (project_id, contact_global_id, visits, median_seconds, spread_seconds,
              last_said_at, last_message_id, conversation_global_id, due_at)
            select :project, contact, visits, median, spread, last_said, message, conversation, due
            from unnest(:contacts::text[], :visits::integer[], :medians::float8[], :spreads::float8[],
              :last_said::timestamptz[], :messages::text[], :conversations::text[], :due::timestamptz[])
              as r (contact, visits, median, spread, last_said, message, conversation, due)
            order by contact
            on conflict (contact_global_id) do update
            set project_id = excluded.project_id, visits = excluded.visits, median_seconds = excluded.median_seconds,
                spread_seconds = excluded.spread_seconds, last_said_at = excluded.last_said_at,
                last_message_id = excluded.last_message_id, conversation_global_id = excluded.conversation_global_id,
                due_at = excluded.due_at
            """)
        .param("project", project)
        .param("contacts", Columns.textsOrNulls(rows, Row::contactId))
        .param("visits", Columns.textsOrNulls(rows, Row::visits))
        .param(
            "medians",
            Columns.textsOrNulls(
                rows, row -> row.rhythm() == null ? null : seconds(row.rhythm().median())))
        .param(
            "spreads",
            Columns.textsOrNulls(
                rows, row -> row.rhythm() == null ? null : seconds(row.rhythm().spread())))
        .param("last_said", Columns.textsOrNulls(rows, row -> row.last().at()))
        .param("messages", Columns.textsOrNulls(rows, row -> row.last().messageId()))
        .param("conversations", Columns.textsOrNulls(rows, row -> row.last().conversationId()))
        .param("due", Columns.textsOrNulls(rows, Row::due))
        .update();
  }

  private static double seconds(java.time.Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  /** They wrote nothing that counts, or are gone. */
  void forget(Collection<String> contacts) {
    jdbc.sql("delete from contact_rhythms where contact_global_id = any (:contacts)")
        .param("contacts", contacts.toArray(String[]::new))
        .update();
  }

  /** The work on one failed: again in a day. */
  void putOff(String contact) {
    jdbc.sql(
            "update contact_rhythms set due_at = now() + interval '1 day' where contact_global_id = :contact")
        .param("contact", contact)
        .update();
  }
}
