package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.Columns;
import dev.threadmill.scheduler.health.Conversation.Kind;
import dev.threadmill.scheduler.health.Conversation.Message;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code cw_conversations} and {@code cw_messages}. */
@Repository
class StoredConversations {
  /** Of one conversation: the latest; some go on for years. */
  static final int MOST_MESSAGES = 500;

  private final JdbcClient jdbc;

  StoredConversations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * To be called in a transaction. Those of these that are there, with their latest messages. What
   * is private, deleted, not delivered or said by a bot is left out, and texts are not read at all.
   */
  List<Conversation> read(Collection<String> ids) {
    Map<String, Conversation> all = new LinkedHashMap<>();
    // From the index, backwards, until there are enough: most conversations are short, so the
    // planner would rather fetch
    // all messages and sort them, which for a long one is a lot of work.
    jdbc.sql("select set_config('enable_bitmapscan', 'off', true)").query(String.class).single();
    jdbc.sql(
            """
            select v.global_id, v.contact_global_id, v.status = 'resolved' as resolved, v.last_activity_at,
              m.message_id, m.message_type, m.content_type, m.created_at, m.rating, m.told, m.number
            from unnest(:ids::text[]) as wanted (id)
            join cw_conversations v on v.global_id = wanted.id and v.deleted_at is null
            left join lateral (
              select message_id, message_type, content_type, created_at,
                case when content_type = 'input_csat'
                  then data -> 'content_attributes' -> 'submitted_values' -> 'csat_survey_response' ->> 'rating' end as rating,
                not private and deleted_at is null and status is distinct from 'failed'
                  and (message_type <> 'outgoing' or coalesce(sender_type, 'user') not in ('agent_bot', 'captain_assistant'))
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
        .query((RowCallbackHandler) row -> add(all, row));
    return List.copyOf(all.values());
  }

  private static void add(Map<String, Conversation> all, ResultSet row) throws SQLException {
    String id = row.getString("global_id");
    Conversation conversation = all.get(id);
    if (conversation == null) {
      // The first row of a conversation has its oldest message.
      conversation =
          new Conversation(
              id,
              row.getString("contact_global_id"),
              row.getBoolean("resolved"),
              seconds(row, "last_activity_at"),
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
