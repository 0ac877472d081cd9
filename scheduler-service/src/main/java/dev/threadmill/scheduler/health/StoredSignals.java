package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.Columns;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code signals}. */
@Repository
class StoredSignals {
  /** Of one contact: the latest. */
  private static final int MOST = 50;

  private final JdbcClient jdbc;

  StoredSignals(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The troubles of these contacts of the last half year, by contact: accepted and proposed ones.
   * By way of the conversations, for those move to another contact when two are merged.
   */
  Map<String, List<Trouble>> troubles(Collection<String> contacts) {
    Map<String, List<Trouble>> troubles = new HashMap<>();
    jdbc.sql(
            """
            select wanted.id as contact, s.id, s.type, s.severity, s.status, s.last_seen_at
            from unnest(:ids::text[]) as wanted (id)
            cross join lateral (
              select g.id, g.type, g.severity, g.status, g.last_seen_at
              from (select conversation_global_id from health_conversations where contact_global_id = wanted.id
                    order by last_customer_at desc limit :conversations) h
              join signals g on g.conversation_global_id = h.conversation_global_id
              where g.status in ('accepted', 'proposed') and g.type = any (:types::text[])
                and g.last_seen_at > now() - interval '180 days'
              order by g.last_seen_at desc limit :most) s
            """)
        .param("ids", Columns.texts(contacts))
        .param("types", Columns.texts(Trouble.TYPES.keySet()))
        .param("conversations", HealthFactsTable.MOST_CONVERSATIONS)
        .param("most", MOST)
        .query(
            row -> {
              troubles
                  .computeIfAbsent(row.getString("contact"), contact -> new ArrayList<>())
                  .add(
                      new Trouble(
                          row.getString("id"),
                          row.getString("type"),
                          row.getInt("severity"),
                          row.getString("status").equals("accepted"),
                          Columns.requiredInstant(row, "last_seen_at").getEpochSecond()));
            });
    return troubles;
  }
}
