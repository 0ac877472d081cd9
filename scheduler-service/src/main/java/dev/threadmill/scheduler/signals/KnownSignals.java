package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.signal.SignalType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code signals} and {@code signal_evidence} for those who are about to write them. A
 * conversation may have any number of messages that say the same, so only the evidence of some of
 * them is read; of the rest a signal's own row has the sums.
 */
@Repository
class KnownSignals {
  private static final String COLUMNS =
      """
      message_global_id, said_at, quote, found_by, severity, confidence, rule_id, rule_confidence, meaning_model,
      meaning_similarity, meaning_confidence, meaning_hash
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  KnownSignals(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * What is known of conversations, of each one a dossier, with the evidence of these messages.
   * People who decide on a signal wait until this transaction ends.
   */
  Map<String, Dossier> load(Collection<String> conversations, Collection<String> messages) {
    String[] ids = messages.toArray(String[]::new);
    Map<UUID, Signal> signals = new LinkedHashMap<>();
    Map<String, List<Signal>> byConversation = new HashMap<>();
    jdbc.sql(
            """
            select id, conversation_global_id, type, status, decided_by is not null as decided, first_seen_at, last_seen_at,
              occurrences, confidence, severity, basis::text as basis
            from signals where conversation_global_id = any (:conversations)
            order by id for update
            """)
        .param("conversations", conversations.toArray(String[]::new))
        .query(
            row -> {
              Signal signal = signal(row);
              signals.put(signal.id, signal);
              byConversation
                  .computeIfAbsent(row.getString("conversation_global_id"), id -> new ArrayList<>())
                  .add(signal);
            });
    if (!signals.isEmpty()) {
      evidence(ids)
          .forEach(
              (id, some) -> {
                Signal signal = signals.get(id);
                if (signal != null) {
                  signal.stored(some, () -> without(id, ids));
                }
              });
    }
    Map<String, Dossier> dossiers = new HashMap<>();
    for (String conversation : conversations) {
      dossiers.put(
          conversation,
          new Dossier(conversation, byConversation.getOrDefault(conversation, List.of())));
    }
    return dossiers;
  }

  private Signal signal(ResultSet row) throws SQLException {
    int occurrences = row.getInt("occurrences");
    Rest whole =
        occurrences == 0
            ? Rest.NONE
            : new Rest(
                occurrences,
                Columns.requiredInstant(row, "first_seen_at"),
                Columns.requiredInstant(row, "last_seen_at"),
                row.getDouble("confidence"),
                Signal.gravest(row.getInt("severity"), occurrences),
                json.readValue(
                    row.getString("basis"), new TypeReference<Map<String, Object>>() {}));
    return new Signal(
        Columns.uuid(row, "id"),
        SignalType.of(row.getString("type")),
        row.getString("status"),
        row.getBoolean("decided"),
        Columns.requiredInstant(row, "first_seen_at"),
        whole);
  }

  private Map<UUID, List<Evidence>> evidence(String[] messages) {
    Map<UUID, List<Evidence>> found = new HashMap<>();
    jdbc.sql(
            "select signal_id, "
                + COLUMNS
                + """
                from signal_evidence
                where message_global_id = any (:messages)
                """)
        .param("messages", messages)
        .query(
            row -> {
              found
                  .computeIfAbsent(Columns.uuid(row, "signal_id"), id -> new ArrayList<>())
                  .add(evidence(row));
            });
    return found;
  }

  /** What else a signal rests on. The database goes through all of its evidence. */
  private Rest without(UUID signal, String[] messages) {
    return jdbc.sql(
            "select n, first, last, gravest, "
                + COLUMNS
                + """
                from (
                  select count(*) as n, min(said_at) as first, max(said_at) as last, max(severity) as gravest
                  from signal_evidence
                  where signal_id = :signal and confidence > 0 and message_global_id <> all (:messages)) sums
                cross join lateral (
                  select * from signal_evidence
                  where signal_id = :signal and confidence > 0 and message_global_id <> all (:messages)
                  order by confidence desc, message_global_id limit 1) surest
                """)
        .param("signal", signal)
        .param("messages", messages)
        .query(
            (row, number) -> {
              Evidence surest = evidence(row);
              return new Rest(
                  row.getInt("n"),
                  Columns.requiredInstant(row, "first"),
                  Columns.requiredInstant(row, "last"),
                  surest.confidence(),
                  row.getInt("gravest"),
                  surest.basis(row.getInt("n")));
            })
        .optional()
        .orElse(Rest.NONE);
  }

  private static Evidence evidence(ResultSet row) throws SQLException {
    String rule = row.getString("rule_id");
    String model = row.getString("meaning_model");
    return new Evidence(
        row.getString("message_global_id"),
        Columns.requiredInstant(row, "said_at"),
        row.getString("quote"),
        row.getString("found_by"),
        row.getInt("severity"),
        rule == null ? null : new Evidence.Words(rule, row.getDouble("rule_confidence")),
        model == null
            ? null
            : new Evidence.Meaning(
                model,
                row.getDouble("meaning_similarity"),
                row.getDouble("meaning_confidence"),
                row.getString("meaning_hash")),
        rule == null && model == null ? row.getDouble("confidence") : 0);
  }
}
