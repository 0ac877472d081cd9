package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.Columns;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Writes {@code signals} and {@code signal_evidence}; {@link KnownSignals} reads them. */
@Repository
class SignalTable {
  private final JdbcClient jdbc;
  private final JsonMapper json;

  SignalTable(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** How many signals were written. */
  record Written(int begun, int changed, int removed) {
    static final Written NOTHING = new Written(0, 0, 0);

    Written and(Written other) {
      return new Written(begun + other.begun, changed + other.changed, removed + other.removed);
    }
  }

  /**
   * Writes what changed.
   *
   * @param contacts of the conversations; one that is not there stays as it is
   */
  Written write(
      UUID project, Collection<Dossier> dossiers, Map<String, @Nullable String> contacts) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    List<Map<String, @Nullable Object>> evidence = new ArrayList<>();
    List<UUID> empty = new ArrayList<>();
    List<String[]> withdrawn = new ArrayList<>();
    int begun = 0;
    for (Dossier dossier : dossiers) {
      begun += dossier.begun();
      dossier.moves().forEach(this::move);
      for (Signal signal : dossier.changed()) {
        if (signal.empty()) {
          empty.add(signal.id);
          continue;
        }
        dossier
            .withdrawn(signal)
            .forEach(message -> withdrawn.add(new String[] {signal.id.toString(), message}));
        rows.add(row(dossier, signal, contacts.get(dossier.conversationId())));
        signal.evidence().forEach(one -> evidence.add(row(dossier, signal, one)));
      }
    }
    remove(empty, withdrawn);
    if (!rows.isEmpty()) {
      put(project, rows, evidence);
    }
    return new Written(begun, rows.size() - begun, empty.size());
  }

  private void move(Dossier.Move move) {
    jdbc.sql(
            """
            update signal_evidence e set signal_id = :to where e.signal_id = :from
              and not exists (
                select from signal_evidence o where o.signal_id = :to and o.message_global_id = e.message_global_id)
            """)
        .param("to", move.to().id)
        .param("from", move.from().id)
        .update();
  }

  /**
   * These conversations are gone: so are their signals, but for what is kept of decisions.
   *
   * @return how many are gone
   */
  Written close(Collection<String> conversations) {
    int gone =
        jdbc.sql(
                """
                delete from signals
                where conversation_global_id = any (:conversations) and status in ('proposed', 'accepted')
                """)
            .param("conversations", conversations.toArray(String[]::new))
            .update();
    jdbc.sql(
            """
            update signal_evidence
            set quote = '', found_by = 'withdrawn', confidence = 0, rule_id = null, rule_confidence = null,
              meaning_model = null, meaning_similarity = null, meaning_confidence = null, meaning_hash = null
            where conversation_global_id = any (:conversations) and confidence > 0
            """)
        .param("conversations", conversations.toArray(String[]::new))
        .update();
    int kept =
        jdbc.sql(
                """
                update signals set occurrences = 0, updated_at = now()
                where conversation_global_id = any (:conversations) and occurrences > 0
                """)
            .param("conversations", conversations.toArray(String[]::new))
            .update();
    return new Written(0, kept, gone);
  }

  private void remove(List<UUID> empty, List<String[]> withdrawn) {
    if (!empty.isEmpty()) {
      jdbc.sql("delete from signals where id = any (:ids::uuid[])")
          .param("ids", Columns.texts(empty))
          .update();
    }
    if (!withdrawn.isEmpty()) {
      jdbc.sql(
              """
              delete from signal_evidence e
              using unnest(:signals::uuid[], :messages::text[]) as w (signal_id, message_global_id)
              where e.signal_id = w.signal_id and e.message_global_id = w.message_global_id
              """)
          .param("signals", withdrawn.stream().map(pair -> pair[0]).toArray(String[]::new))
          .param("messages", withdrawn.stream().map(pair -> pair[1]).toArray(String[]::new))
          .update();
    }
  }

  private void put(
      UUID project,
      List<Map<String, @Nullable Object>> rows,
      List<Map<String, @Nullable Object>> evidence) {
    // The status that a person gave stays, also where it was given a moment ago.
    jdbc.sql(
            """
            insert into signals as s (id, project_id, conversation_global_id, contact_global_id, type, status, severity,
              confidence, basis, first_seen_at, last_seen_at, occurrences)
            select id, :project, conversation, contact, type, status, severity, confidence, basis, first_seen, last_seen,
              occurrences
            from jsonb_to_recordset(:rows::jsonb) as r (id uuid, conversation text, contact text, type text, status text,
              severity smallint, confidence float8, basis jsonb, first_seen timestamptz, last_seen timestamptz,
              occurrences integer)
            on conflict (id) do update
            set contact_global_id = coalesce(excluded.contact_global_id, s.contact_global_id),
                status = case when s.decided_by is null then excluded.status else s.status end,
                severity = excluded.severity, confidence = excluded.confidence, basis = excluded.basis,
                first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
                occurrences = excluded.occurrences, updated_at = now()
            """)
        .param("project", project)
        .param("rows", json.writeValueAsString(rows))
        .update();
    jdbc.sql(
            """
            insert into signal_evidence as e (signal_id, project_id, conversation_global_id, message_global_id, quote,
              found_by, severity, confidence, said_at, rule_id, rule_confidence, meaning_model, meaning_similarity,
              meaning_confidence, meaning_hash)
            select signal, :project, conversation, message, quote, found_by, severity, confidence, said_at, rule_id,
              rule_confidence, meaning_model, meaning_similarity, meaning_confidence, meaning_hash
            from jsonb_to_recordset(:rows::jsonb) as r (signal uuid, conversation text, message text, quote text,
              found_by text, severity smallint, confidence float8, said_at timestamptz, rule_id text,
              rule_confidence float8, meaning_model text, meaning_similarity float8, meaning_confidence float8,
              meaning_hash text)
            on conflict (signal_id, message_global_id) do update
            set quote = excluded.quote, found_by = excluded.found_by, severity = excluded.severity,
                confidence = excluded.confidence, said_at = excluded.said_at, rule_id = excluded.rule_id,
                rule_confidence = excluded.rule_confidence, meaning_model = excluded.meaning_model,
                meaning_similarity = excluded.meaning_similarity, meaning_confidence = excluded.meaning_confidence,
                meaning_hash = excluded.meaning_hash
            where (e.quote, e.found_by, e.severity, e.confidence, e.said_at, e.rule_id, e.meaning_hash)
              is distinct from (excluded.quote, excluded.found_by, excluded.severity, excluded.confidence,
                excluded.said_at, excluded.rule_id, excluded.meaning_hash)
            """)
        .param("project", project)
        .param("rows", json.writeValueAsString(evidence))
        .update();
  }

  private static Map<String, @Nullable Object> row(
      Dossier dossier, Signal signal, @Nullable String contact) {
    Map<String, @Nullable Object> row = new HashMap<>();
    row.put("id", signal.id.toString());
    row.put("conversation", dossier.conversationId());
    row.put("contact", contact);
    row.put("type", signal.type.wireName());
    row.put("status", signal.status());
    row.put("severity", signal.severity());
    row.put("confidence", signal.confidence());
    row.put("basis", signal.basis());
    row.put("first_seen", signal.firstSeenAt().toString());
    row.put("last_seen", signal.lastSeenAt().toString());
    row.put("occurrences", signal.occurrences());
    return row;
  }

  private static Map<String, @Nullable Object> row(Dossier dossier, Signal signal, Evidence one) {
    Map<String, @Nullable Object> row = new HashMap<>();
    row.put("signal", signal.id.toString());
    row.put("conversation", dossier.conversationId());
    row.put("message", one.messageId());
    row.put("quote", one.quote());
    row.put("found_by", one.foundBy());
    row.put("severity", one.severity());
    row.put("confidence", one.confidence());
    row.put("said_at", one.saidAt().toString());
    Evidence.Words words = one.words();
    row.put("rule_id", words == null ? null : words.ruleId());
    row.put("rule_confidence", words == null ? null : words.confidence());
    Evidence.Meaning meaning = one.meaning();
    row.put("meaning_model", meaning == null ? null : meaning.model());
    row.put("meaning_similarity", meaning == null ? null : meaning.similarity());
    row.put("meaning_confidence", meaning == null ? null : meaning.confidence());
    row.put("meaning_hash", meaning == null ? null : meaning.textHash());
    return row;
  }

  /** Contacts were merged, or a conversation was given to another one: its signals go along. */
  void follow(Collection<CustomerMessages.Conversation> conversations) {
    jdbc.sql(
            """
            update signals s set contact_global_id = c.contact, updated_at = now()
            from unnest(:conversations::text[], :contacts::text[]) as c (id, contact)
            where s.conversation_global_id = c.id and s.contact_global_id is distinct from c.contact
            """)
        .param(
            "conversations",
            conversations.stream().map(CustomerMessages.Conversation::id).toArray(String[]::new))
        .param(
            "contacts",
            Columns.textsOrNulls(conversations, CustomerMessages.Conversation::contactId))
        .update();
  }

  /** Customers who wrote again are silent no more. */
  int spokeAgain(Collection<String> contacts) {
    return jdbc.sql(
            """
            update signals s set status = 'done', updated_at = now()
            from contact_rhythms r
            where s.contact_global_id = any (:contacts) and s.type = 'communication_gap'
              and s.status in ('proposed', 'accepted') and r.contact_global_id = s.contact_global_id
              and not exists (
                select from signal_evidence e where e.signal_id = s.id and e.message_global_id = r.last_message_id)
            """)
        .param("contacts", contacts.toArray(String[]::new))
        .update();
  }
}
