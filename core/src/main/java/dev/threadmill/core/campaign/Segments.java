package dev.threadmill.core.campaign;

import static java.util.stream.Collectors.joining;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
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

/**
 * Reads the contacts that a segment names. Always a piece of the project's contacts at a time, in
 * the order of their numbers: what one look costs does not grow with the project, nor with how rare
 * the segment is.
 */
@Repository
public final class Segments {
  /**
   * The conversation that a message to a contact goes to: the latest one, in the segment's inboxes.
   */
  private static final String CONVERSATION =
      """
      (select v.global_id from cw_conversations v
       where v.contact_global_id = c.global_id and v.project_id = :project and v.deleted_at is null %s
       order by v.last_activity_at desc, v.global_id desc limit 1)
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json = JsonMapper.builder().build();

  public Segments(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Where a look begins: behind this contact. */
  public record Place(long number, String contact) {
    public static final Place BEGINNING = new Place(0, "");
  }

  /** Whether a contact that matches can be written to. */
  public enum Reach {
    OK,
    BLOCKED,
    OPTED_OUT,
    NO_CONVERSATION
  }

  /** A contact that matches. */
  public record Match(String contact, Reach reach) {}

  /**
   * What a look saw.
   *
   * @param lookedAt how many contacts, those that don't match too
   * @param last where the next one begins; null: there are no more
   */
  public record Look(List<Match> matches, int lookedAt, @Nullable Place last) {}

  private record Row(Place place, boolean matches, Reach reach, int lookedAt) {}

  /** Looks at so many contacts behind a place. */
  public Look look(UUID project, Segment segment, Place after, int limit) {
    Map<String, Object> parameters = new HashMap<>();
    List<String> filters = filters(segment, parameters);
    parameters.put("project", project);
    parameters.put("number", after.number());
    parameters.put("contact", after.contact());
    parameters.put("limit", limit);
    String sql =
        """
        with c as (
          select global_id, contact_id, source_id, blocked, last_activity_at, data,
            row_number() over (order by contact_id desc, global_id desc) = 1 as is_last, count(*) over () as looked_at
          from (select * from cw_contacts
                where project_id = :project and deleted_at is null and (contact_id, global_id) > (:number, :contact)
                order by contact_id, global_id limit :limit) page)
        select c.global_id, c.contact_id, c.looked_at, m.matches, c.blocked,
          m.matches and coalesce((select true from campaign_opt_outs o
                                where o.project_id = :project and o.contact = c.global_id), false) as opted_out,
          m.matches and %s is not null as has_conversation
        from c cross join lateral (select %s as matches offset 0) m
        where m.matches or c.is_last
        order by c.contact_id, c.global_id
        """
            .formatted(
                conversation(segment),
                filters.stream().map("coalesce(%s, false)"::formatted).collect(joining(" and ")));
    List<Row> rows = jdbc.sql(sql).params(parameters).query(Segments::row).list();
    if (rows.isEmpty()) {
      return new Look(List.of(), 0, null);
    }
    int lookedAt = rows.getLast().lookedAt();
    return new Look(
        rows.stream()
            .filter(Row::matches)
            .map(row -> new Match(row.place().contact(), row.reach()))
            .toList(),
        lookedAt,
        lookedAt < limit ? null : rows.getLast().place());
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    Reach reach =
        row.getBoolean("opted_out")
            ? Reach.OPTED_OUT
            : row.getBoolean("blocked")
                ? Reach.BLOCKED
                : row.getBoolean("has_conversation") ? Reach.OK : Reach.NO_CONVERSATION;
    return new Row(
        new Place(row.getLong("contact_id"), row.getString("global_id")),
        row.getBoolean("matches"),
        reach,
        row.getInt("looked_at"));
  }

  private static String conversation(Segment segment) {
    return CONVERSATION.formatted(
        segment.inboxes() == null ? "" : "and v.inbox_id = any (:inboxes::bigint[])");
  }

  // With a limit, so that each is looked up for one contact after the other: "exists" may be
  // hashed, and then reads all of
  // the project.
  private List<String> filters(Segment segment, Map<String, Object> parameters) {
    List<String> filters = new ArrayList<>();
    filters.add(
        """
        (select true from project_sources s where s.id = c.source_id and s.removed_at is null)
        """);
    if (segment.activeWithinDays() != null) {
      parameters.put("active", segment.activeWithinDays());
      filters.add("c.last_activity_at >= now() - make_interval(days => :active)");
    }
    if (segment.silentForDays() != null) {
      parameters.put("silent", segment.silentForDays());
      filters.add("c.last_activity_at < now() - make_interval(days => :silent)");
    }
    if (segment.customAttributes() != null) {
      parameters.put("attributes", json.writeValueAsString(segment.customAttributes()));
      filters.add("c.data -> 'custom_attributes' @> :attributes::jsonb");
    }
    if (segment.inboxes() != null) {
      parameters.put("inboxes", Columns.texts(segment.inboxes()));
      filters.add(
          """
          (select true from cw_conversations i
                  where i.contact_global_id = c.global_id and i.project_id = :project and i.deleted_at is null
                    and i.inbox_id = any (:inboxes::bigint[]) limit 1)
          """);
    }
    if (segment.labels() != null) {
      parameters.put("labels", Columns.texts(segment.labels()));
      filters.add(
          """
          (select true from cw_conversations l
                  where l.contact_global_id = c.global_id and l.project_id = :project and l.deleted_at is null
                    and l.labels && :labels::text[] limit 1)
          """);
    }
    if (segment.signals() != null) {
      parameters.put("signals", Columns.texts(segment.signals()));
      filters.add(
          """
          (select true from signals g
                  where g.contact_global_id = c.global_id and g.project_id = :project and g.status = 'accepted'
                    and g.type = any (:signals::text[]) limit 1)
          """);
    }
    if (segment.healthTiers() != null) {
      parameters.put("tiers", Columns.texts(segment.healthTiers()));
      filters.add(
          """
          health_tier(coalesce(
            (select h.score from health_overrides h
             where h.contact_global_id = c.global_id and h.project_id = :project and h.expires_at > now()),
            (select h.score from health_scores h where h.contact_global_id = c.global_id and h.project_id = :project)))
          = any (:tiers::text[])
          """);
    }
    return filters;
  }

  /** These contacts, as far as they are still there, each with the conversation to write in. */
  public List<Recipient> recipients(UUID project, Segment segment, Collection<String> contacts) {
    if (contacts.isEmpty()) {
      return List.of();
    }
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("project", project);
    parameters.put("contacts", Columns.texts(contacts));
    if (segment.inboxes() != null) {
      parameters.put("inboxes", Columns.texts(segment.inboxes()));
    }
    return jdbc.sql(
            """
            select c.global_id, c.name, c.email, c.phone_number, c.identifier,
              c.data -> 'custom_attributes' as custom, t.global_id as conversation, t.conversation_id,
              p.name as project_name
            from cw_contacts c
              join projects p on p.id = c.project_id
              join project_sources s on s.id = c.source_id and s.removed_at is null
              left join cw_conversations t on t.global_id = %s
            where c.project_id = :project and c.global_id = any (:contacts::text[]) and c.deleted_at is null
            order by c.contact_id, c.global_id
            """
                .formatted(conversation(segment)))
        .params(parameters)
        .query(
            (row, number) ->
                new Recipient(
                    row.getString("global_id"),
                    row.getString("conversation"),
                    Columns.wholeNumber(row, "conversation_id"),
                    row.getString("name"),
                    row.getString("email"),
                    row.getString("phone_number"),
                    row.getString("identifier"),
                    Columns.json(row, "custom"),
                    row.getString("project_name")))
        .list();
  }
}
