package dev.threadmill.gateway.health;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.health.HealthDetail.Day;
import dev.threadmill.gateway.health.HealthDetail.FactorView;
import dev.threadmill.gateway.health.HealthQuery.Filter;
import dev.threadmill.gateway.health.HealthQuery.Place;
import dev.threadmill.gateway.health.HealthScoreView.Contact;
import dev.threadmill.gateway.page.GlobalId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code health_scores} and {@code health_history}. What a person says wins until it expires,
 * by the clock of the database at the moment of reading. Contacts that are gone, or whose source
 * is, do not appear.
 */
@Repository
class HealthScores {
  private static final String TOLD =
      """
      select v.contact_global_id, v.shown, health_tier(v.shown) as tier, s.score, s.active, s.formula, s.factors,
        s.calculated_at, c.contact_id, c.source_id, c.name, o.score as o_score, o.reason, o.set_by, o.set_at, o.expires_at
      from shown v
      join health_scores s using (contact_global_id)
      join cw_contacts c on c.global_id = v.contact_global_id
      left join health_overrides o on o.contact_global_id = v.contact_global_id and o.expires_at > now()
      """;

  private static final String PRESENT =
      """
      exists (
        select from cw_contacts c where c.global_id = s.contact_global_id and c.deleted_at is null
          and c.source_id = any (array(
            select id from project_sources where project_id = :project and removed_at is null)))
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  HealthScores(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * At most {@code limit}, in the order of the shown scores. Those with an override come from the
   * index over these, the others from that over the calculated scores; overrides are few.
   */
  List<HealthScoreView> list(UUID project, Filter filter, int limit, ChatwootLinks links) {
    Place after = filter.after();
    return jdbc.sql(
            """
            with shown as materialized (
              (select s.contact_global_id, s.score::integer as shown from health_scores s
               where s.project_id = :project and s.score between :from and :to
                 and (:after::integer is null or (s.score, s.contact_global_id) %1$s (:after::integer, :after_id::text))
                 and not exists (
                   select from health_overrides o where o.contact_global_id = s.contact_global_id and o.expires_at > now())
                 and %2$s
               order by s.score %3$s, s.contact_global_id %3$s limit :limit)
              union all
              (select s.contact_global_id, s.score::integer from health_overrides s
               where s.project_id = :project and s.expires_at > now() and s.score between :from and :to
                 and (:after::integer is null or (s.score, s.contact_global_id) %1$s (:after::integer, :after_id::text))
                 and exists (select from health_scores h where h.contact_global_id = s.contact_global_id)
                 and %2$s
               order by s.score %3$s, s.contact_global_id %3$s limit :limit))
            %4$s
            order by v.shown %3$s, v.contact_global_id %3$s limit :limit
            """
                .formatted(
                    filter.bestFirst() ? "<" : ">",
                    PRESENT,
                    filter.bestFirst() ? "desc" : "asc",
                    TOLD))
        .param("project", project)
        .param("from", filter.from())
        .param("to", filter.to())
        .param("after", after == null ? null : after.score())
        .param("after_id", after == null ? null : after.contact())
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  /** A score without its history. */
  record Found(HealthScoreView health, int formula, List<FactorView> factors) {}

  /** The scores of the contacts of this id: none, one, or one of each account of the project. */
  List<Found> find(UUID project, GlobalId id, ChatwootLinks links) {
    return jdbc.sql(
            """
            with shown as materialized (
              select s.contact_global_id, coalesce(o.score, s.score)::integer as shown
              from cw_contacts c
              join health_scores s on s.contact_global_id = c.global_id
              left join health_overrides o on o.contact_global_id = c.global_id and o.expires_at > now()
              where c.project_id = :project and c.deleted_at is null
                and c.source_id = any (array(
                  select id from project_sources where project_id = :project and removed_at is null))
                and (:id::text is null or c.global_id = :id) and (:number::bigint is null or c.contact_id = :number))
            %s
            """
                .formatted(TOLD))
        .param("project", project)
        .param("id", id.text())
        .param("number", id.number())
        .query(
            (row, number) ->
                new Found(
                    view(row, links),
                    row.getInt("formula"),
                    Arrays.asList(json.readValue(row.getString("factors"), FactorView[].class))))
        .list();
  }

  /** The latest first. */
  List<Day> history(String contact, int days) {
    return jdbc.sql(
            """
            select day, score from health_history
            where contact_global_id = :contact order by day desc limit :days
            """)
        .param("contact", contact)
        .param("days", days)
        .query((row, number) -> new Day(row.getObject("day", LocalDate.class), row.getInt("score")))
        .list();
  }

  private static HealthScoreView view(ResultSet row, ChatwootLinks links) throws SQLException {
    UUID source = Columns.uuid(row, "source_id");
    long id = row.getLong("contact_id");
    return new HealthScoreView(
        new Contact(
            row.getString("contact_global_id"),
            id,
            source,
            row.getString("name"),
            links.contact(source, id)),
        row.getInt("shown"),
        row.getString("tier"),
        row.getInt("score"),
        row.getBoolean("active"),
        Columns.requiredInstant(row, "calculated_at"),
        override(row));
  }

  private static HealthScoreView.@Nullable Verdict override(ResultSet row) throws SQLException {
    String reason = row.getString("reason");
    return reason == null
        ? null
        : new HealthScoreView.Verdict(
            row.getInt("o_score"),
            reason,
            row.getString("set_by"),
            Columns.requiredInstant(row, "set_at"),
            Columns.requiredInstant(row, "expires_at"));
  }
}
