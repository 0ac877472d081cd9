package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.Columns;
import dev.threadmill.scheduler.health.FactsOfConversation.Found;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code health_conversations}. */
@Repository
class HealthFactsTable {
  /** Of a contact: those in which it wrote last. */
  static final int MOST_CONVERSATIONS = 100;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  HealthFactsTable(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * A row as it stands.
   *
   * @param facts as JSON, which only {@link #facts} may find to be none
   */
  record Row(
      String conversationId, @Nullable String contactId, String facts, long lastCustomerAt) {}

  /** What is to be written. */
  record New(String conversationId, @Nullable String contactId, Found found) {}

  Facts facts(Row row) {
    return json.readValue(row.facts(), Facts.class);
  }

  /**
   * The rows of these conversations, by their ids; locked, so that one writer comes after another.
   */
  Map<String, Row> lock(Collection<String> conversations) {
    Map<String, Row> rows = new HashMap<>();
    jdbc.sql(
            """
            select conversation_global_id, contact_global_id, facts, last_customer_at from health_conversations
            where conversation_global_id = any (:ids::text[])
            order by conversation_global_id for no key update
            """)
        .param("ids", Columns.texts(conversations))
        .query((row, number) -> row(row))
        .list()
        .forEach(row -> rows.put(row.conversationId(), row));
    return rows;
  }

  void write(UUID project, List<New> rows) {
    jdbc.sql(
            """
            insert into health_conversations as h
              (conversation_global_id, project_id, contact_global_id, last_customer_at, facts)
            select id, :project, contact, at::timestamptz, facts
            from unnest(:ids::text[], :contacts::text[], :times::text[], :facts::jsonb[]) as n (id, contact, at, facts)
            order by id
            on conflict (conversation_global_id) do update
            set contact_global_id = excluded.contact_global_id, last_customer_at = excluded.last_customer_at,
                facts = excluded.facts
            where (h.contact_global_id, h.last_customer_at, h.facts)
              is distinct from (excluded.contact_global_id, excluded.last_customer_at, excluded.facts)
            """)
        .param("project", project)
        .param("ids", Columns.texts(rows.stream().map(New::conversationId).toList()))
        .param("contacts", Columns.textsOrNulls(rows, New::contactId))
        .param(
            "times",
            Columns.textsOrNulls(rows, row -> Instant.ofEpochSecond(row.found().lastCustomerAt())))
        .param(
            "facts",
            Columns.textsOrNulls(rows, row -> json.writeValueAsString(row.found().facts())))
        .update();
  }

  void delete(Collection<String> conversations) {
    if (!conversations.isEmpty()) {
      jdbc.sql("delete from health_conversations where conversation_global_id = any (:ids::text[])")
          .param("ids", Columns.texts(conversations))
          .update();
    }
  }

  /** The latest conversations of each of these contacts, the latest first. */
  Map<String, List<Row>> ofContacts(Collection<String> contacts) {
    Map<String, List<Row>> rows = new HashMap<>();
    jdbc.sql(
            """
            select h.conversation_global_id, h.contact_global_id, h.facts, h.last_customer_at
            from unnest(:ids::text[]) as wanted (id)
            cross join lateral (
              select * from health_conversations where contact_global_id = wanted.id
              order by last_customer_at desc limit :most) h
            """)
        .param("ids", Columns.texts(contacts))
        .param("most", MOST_CONVERSATIONS)
        .query((row, number) -> row(row))
        .list()
        .forEach(
            row ->
                rows.computeIfAbsent(
                        Objects.requireNonNull(row.contactId()), contact -> new ArrayList<>())
                    .add(row));
    return rows;
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("conversation_global_id"),
        row.getString("contact_global_id"),
        row.getString("facts"),
        Columns.requiredInstant(row, "last_customer_at").getEpochSecond());
  }
}
