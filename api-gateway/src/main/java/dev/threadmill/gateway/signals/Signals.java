package dev.threadmill.gateway.signals;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.signal.SignalType;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.page.GlobalId;
import dev.threadmill.gateway.signals.SignalDetail.EvidenceView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads {@code signals}, and writes what people decide on them. Those of a conversation that is
 * gone do not appear, and evidence that is gone neither, though the job has not seen that yet; nor
 * does what the job keeps only so that a decision is not asked for again.
 */
@Repository
class Signals {
  private static final String TOLD =
      """
      select s.id, s.type, s.status, s.severity, s.confidence, s.basis, s.conversation_global_id, v.conversation_id,
        v.source_id, s.contact_global_id, c.contact_id, c.name as contact_name, s.first_seen_at, s.last_seen_at,
        s.occurrences, s.decided_by, s.decided_at, s.created_at, s.updated_at
      from signals s
      join cw_conversations v on v.global_id = s.conversation_global_id
      left join cw_contacts c on c.global_id = s.contact_global_id
      where s.project_id = :project and v.deleted_at is null and s.occurrences > 0
        and v.source_id = any (array(select id from project_sources where project_id = :project and removed_at is null))
      """;

  private static final String FILTERED =
      """
      and (:type::text is null or s.type = :type)
      and (:status::text is null or s.status = :status)
      and (:contact::text is null or s.contact_global_id = :contact)
      and (:contact_number::bigint is null or s.contact_global_id = any (array(
        select global_id from cw_contacts where project_id = :project and contact_id = :contact_number)))
      and (:conversation::text is null or s.conversation_global_id = :conversation)
      and (:conversation_number::bigint is null or s.conversation_global_id = any (array(
        select w.global_id from cw_conversations w
        where w.conversation_id = :conversation_number and w.source_id = any (array(
          select id from project_sources where project_id = :project)))))
      and (:severity::integer is null or s.severity >= :severity)
      and (:confidence::float8 is null or s.confidence >= :confidence)
      and (:from::timestamptz is null or s.last_seen_at >= :from)
      and (:to::timestamptz is null or s.last_seen_at < :to)
      and (:after::timestamptz is null or (s.last_seen_at, s.id) < (:after, :after_id::uuid))
      order by s.last_seen_at desc, s.id desc limit :limit
      """;

  /**
   * The first ones of each value that is wanted, by an index that has them in order, and of these
   * the first ones. With one condition for all of them the newest would be gone through until
   * enough fit, which are all where few do. The lowest value is said of the column, too: only of
   * that the planner knows how few there are.
   */
  private static final String MERGED =
      """
      select told.* from generate_series(%1$s, %2$d) as wanted (value) cross join lateral (
      %3$s and %4$s = wanted.value and %4$s >= %1$s
      %5$s) told
      order by told.last_seen_at desc, told.id desc limit :limit
      """;

  private final JdbcClient jdbc;

  Signals(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A signal in a list. */
  record Place(Instant lastSeenAt, UUID id) {}

  /** Those seen last first, at most {@code limit}. */
  List<SignalView> list(
      UUID project, SignalFilter filter, @Nullable Place after, int limit, ChatwootLinks links) {
    GlobalId contact = filter.contact();
    GlobalId conversation = filter.conversation();
    return jdbc.sql(sql(filter))
        .param("project", project)
        .param("type", filter.type())
        .param("status", filter.status())
        .param("contact", contact == null ? null : contact.text())
        .param("contact_number", contact == null ? null : contact.number())
        .param("conversation", conversation == null ? null : conversation.text())
        .param("conversation_number", conversation == null ? null : conversation.number())
        .param("severity", filter.minSeverity())
        .param("confidence", filter.minConfidence())
        .param("from", Columns.parameter(filter.from()))
        .param("to", Columns.parameter(filter.to()))
        .param("after", after == null ? null : Columns.parameter(after.lastSeenAt()))
        .param("after_id", after == null ? null : after.id())
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  private static String sql(SignalFilter filter) {
    if (filter.contact() == null && filter.conversation() == null) {
      if (filter.minSeverity() != null && filter.minSeverity() > 1) {
        return MERGED.formatted(":severity::integer", 5, TOLD, "s.severity", FILTERED);
      }
      if (filter.minConfidence() != null && filter.minConfidence() > 0) {
        return MERGED.formatted(
            "floor(:confidence::float8 * 100)::integer",
            100,
            TOLD,
            "floor(s.confidence * 100)::integer",
            FILTERED);
      }
    }
    return TOLD + FILTERED;
  }

  Optional<SignalView> find(UUID project, UUID id, ChatwootLinks links) {
    return jdbc.sql(TOLD + "and s.id = :id")
        .param("project", project)
        .param("id", id)
        .query((row, number) -> view(row, links))
        .optional();
  }

  /**
   * What each of these rests on, the newest first.
   *
   * @param most of one signal
   */
  Map<UUID, List<EvidenceView>> evidence(
      UUID project, List<UUID> ids, int most, ChatwootLinks links) {
    Map<UUID, List<EvidenceView>> found = new HashMap<>();
    jdbc.sql(
            """
            select e.* from unnest(:ids::uuid[]) as wanted (id)
            cross join lateral (
              select e.signal_id, e.message_global_id, m.message_id, e.quote, e.found_by, e.confidence, e.said_at,
                v.source_id, v.conversation_id
              from signal_evidence e
              join cw_messages m on m.global_id = e.message_global_id
              join cw_conversations v on v.global_id = e.conversation_global_id
              where e.project_id = :project and e.signal_id = wanted.id and m.deleted_at is null and not m.private
                and e.confidence > 0
              order by e.said_at desc, e.message_global_id desc limit :most) e
            order by e.said_at desc, e.message_global_id desc
            """)
        .param("project", project)
        .param("ids", Columns.texts(ids))
        .param("most", most)
        .query(
            (row, number) ->
                found
                    .computeIfAbsent(Columns.uuid(row, "signal_id"), none -> new ArrayList<>())
                    .add(evidence(row, links)))
        .list();
    return found;
  }

  private static EvidenceView evidence(ResultSet row, ChatwootLinks links) throws SQLException {
    return new EvidenceView(
        row.getString("message_global_id"),
        row.getLong("message_id"),
        row.getString("quote"),
        row.getString("found_by"),
        row.getDouble("confidence"),
        Columns.requiredInstant(row, "said_at"),
        links.message(
            Columns.uuid(row, "source_id"),
            row.getLong("conversation_id"),
            row.getLong("message_id")));
  }

  /** The status of a signal, which stays so until the end of the transaction. */
  Optional<String> lock(UUID project, UUID id) {
    return jdbc.sql(
            """
            select status from signals where project_id = :project and id = :id and occurrences > 0 for update
            """)
        .param("project", project)
        .param("id", id)
        .query(String.class)
        .optional();
  }

  void decide(UUID project, UUID id, String status, String who) {
    jdbc.sql(
            """
            update signals set status = :status, decided_by = :who, decided_at = now(), updated_at = now()
            where project_id = :project and id = :id
            """)
        .param("status", status)
        .param("who", who)
        .param("project", project)
        .param("id", id)
        .update();
  }

  private static SignalView view(ResultSet row, ChatwootLinks links) throws SQLException {
    long conversation = row.getLong("conversation_id");
    Long contact = Columns.wholeNumber(row, "contact_id");
    return new SignalView(
        Columns.uuid(row, "id"),
        SignalType.of(row.getString("type")),
        row.getString("status"),
        row.getInt("severity"),
        row.getDouble("confidence"),
        Columns.json(row, "basis"),
        row.getString("conversation_global_id"),
        conversation,
        contact == null
            ? null
            : new SignalView.Contact(
                row.getString("contact_global_id"), contact, row.getString("contact_name")),
        Columns.requiredInstant(row, "first_seen_at"),
        Columns.requiredInstant(row, "last_seen_at"),
        row.getInt("occurrences"),
        row.getString("decided_by"),
        Columns.instant(row, "decided_at"),
        Columns.requiredInstant(row, "created_at"),
        Columns.requiredInstant(row, "updated_at"),
        links.conversation(Columns.uuid(row, "source_id"), conversation));
  }
}
