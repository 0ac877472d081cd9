package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.Columns;
import dev.threadmill.scheduler.health.Conversation.Kind;
import dev.threadmill.scheduler.health.Conversation.Message;
import dev.threadmill.scheduler.health.Conversation.Resolution;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code cw_conversations}, {@code cw_messages} and {@code conversation_status_changes}. */
@Repository
class StoredConversations {
  /** Of one conversation: the latest; some go on for years. */
  static final int MOST_MESSAGES = 500;

  /** Of one conversation; more than the resolutions that are kept of it. */
  private static final int MOST_CHANGES = 100;

  private final JdbcClient jdbc;

  StoredConversations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * To be called in a transaction. Those of these that are there, with their latest messages. What
   * is private, deleted, not delivered, said by a bot or sent by a campaign is left out, and texts
   * are not read at all.
   */
  List<Conversation> read(Collection<String> ids) {
    Map<String, List<Resolution>> resolutions = resolutions(ids);
    Map<String, Conversation> all = new LinkedHashMap<>();
    // From the index, backwards, until there are enough: most conversations are short, so the
    // planner would rather fetch
    // all messages and sort them, which for a long one is a lot of work.
    jdbc.sql("select set_config('enable_bitmapscan', 'off', true)").query(String.class).single();
    jdbc.sql(
            """
            select v.global_id, v.contact_global_id, v.status = 'resolved' as resolved,
              m.message_id, m.message_type, m.content_type, m.created_at, m.rating, m.told, m.number
            from unnest(:ids::text[]) as wanted (id)
            join cw_conversations v on v.global_id = wanted.id and v.deleted_at is null
            -- What campaigns wrote there, with an agent's token.
            cross join lateral (
              select count(*) > 0 as present, coalesce(array_agg(o.message_id) filter (where o.message_id is not null), '{}') as ids
              from outbound_messages o where o.conversation_global_id = v.global_id) sent
            left join lateral (
              select message_id, message_type, content_type, created_at,
                case when content_type = 'input_csat'
                  then data -> 'content_attributes' -> 'submitted_values' -> 'csat_survey_response' ->> 'rating' end as rating,
                not private and deleted_at is null and status is distinct from 'failed'
                  and (message_type <> 'outgoing' or coalesce(sender_type, 'user') not in ('agent_bot', 'captain_assistant')
                    -- Its number may not be known yet; then its mark tells (ChatwootSender).
                    and not (sent.present and (message_id = any (sent.ids)
                      or data -> 'content_attributes' ->> 'threadmill_outbound_id' is not null)))
                  as told,
                row_number() over (order by message_id desc) as number
              from cw_messages
              where conversation_global_id = v.global_id
              order by message_id desc limit :most) m on true
            order by v.global_id, m.message_id
            """)
        .param("ids", Columns.texts(ids))
        // One more tells whether there are older ones.
        .param("most", MOST_MESSAGES + 1)
        .query((RowCallbackHandler) row -> add(all, resolutions, row));
    return List.copyOf(all.values());
  }

  /** Of each of these conversations the latest ones. */
  private Map<String, List<Resolution>> resolutions(Collection<String> ids) {
    Map<String, List<Resolution>> resolutions = new HashMap<>();
    jdbc.sql(
            """
            select wanted.id, s.seen_before, s.seen_at, s.activity_at
            from unnest(:ids::text[]) as wanted (id)
            cross join lateral (
              select id, status_after, seen_at, activity_at, lag(seen_at) over (order by id) as seen_before,
                row_number() over (order by id desc) as number
              from (
                select * from conversation_status_changes
                where conversation_global_id = wanted.id order by id desc limit :most) latest) s
            -- Of the oldest of so many it is not known when the look before was.
            where s.status_after = 'resolved' and s.number < :most
            order by wanted.id, s.id
            """)
        .param("ids", Columns.texts(ids))
        .param("most", MOST_CHANGES)
        .query(
            (RowCallbackHandler)
                row ->
                    resolutions
                        .computeIfAbsent(row.getString("id"), id -> new ArrayList<>())
                        .add(resolution(row)));
    return resolutions;
  }

  private static Resolution resolution(ResultSet row) throws SQLException {
    Instant before = Columns.instant(row, "seen_before");
    return new Resolution(
        before == null ? Long.MIN_VALUE : before.getEpochSecond(),
        seconds(row, "seen_at"),
        seconds(row, "activity_at"));
  }

  private static void add(
      Map<String, Conversation> all, Map<String, List<Resolution>> resolutions, ResultSet row)
      throws SQLException {
    String id = row.getString("global_id");
    Conversation conversation = all.get(id);
    if (conversation == null) {
      // The first row of a conversation has its oldest message.
      conversation =
          new Conversation(
              id,
              row.getString("contact_global_id"),
              row.getBoolean("resolved"),
              resolutions.getOrDefault(id, List.of()),
              new ArrayList<>(),
              row.getInt("number") > MOST_MESSAGES);
      all.put(id, conversation);
    }
    Kind kind = row.getBoolean("told") ? kind(row) : null;
    if (kind != null && row.getInt("number") <= MOST_MESSAGES) {
      conversation
          .messages()
          .add(
              new Message(
                  row.getLong("message_id"),
                  kind,
                  seconds(row, "created_at"),
                  rating(row.getString("rating"))));
    }
  }

  private static @Nullable Kind kind(ResultSet row) throws SQLException {
    return switch (row.getString("message_type")) {
      case "incoming" -> Kind.CUSTOMER;
      case "outgoing" -> Kind.TEAM;
      case "activity" -> Kind.ACTIVITY;
      default -> row.getString("content_type").equals("input_csat") ? Kind.SURVEY : null;
    };
  }

  private static long seconds(ResultSet row, String column) throws SQLException {
    return Columns.requiredInstant(row, column).getEpochSecond();
  }

  /** Chatwoot's five faces; anything else is no rating. */
  private static @Nullable Integer rating(@Nullable String text) {
    return text != null && text.matches("[1-5]") ? Integer.valueOf(text) : null;
  }
}
