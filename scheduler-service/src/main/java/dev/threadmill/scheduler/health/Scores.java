package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tables {@code health_scores}, {@code health_history} and {@code health_project_days}. What a
 * project sums up to is kept by triggers. Of what people say in {@code health_overrides} it deletes
 * what has come to nothing.
 */
@Repository
class Scores {
  /** Days of history that are kept. */
  static final int KEPT_DAYS = 400;

  /** Days for which an override is kept that expired. */
  private static final int EXPIRED_DAYS = 90;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  Scores(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** A score as it is to be written. */
  record New(String contactId, int score, boolean active, List<Explanation.Told> factors) {}

  /** The clock that all times here are of. */
  Instant now() {
    return jdbc.sql("select now() as now")
        .query((row, number) -> Columns.requiredInstant(row, "now"))
        .single();
  }

  /**
   * Locks the scores of these contacts for the rest of the transaction: before those who erase some
   * of them, and before the project's sums, which all writers of scores lock last.
   */
  void lock(Collection<String> contacts) {
    jdbc.sql(
            """
            select contact_global_id from health_scores where contact_global_id = any (:ids::text[])
            order by contact_global_id for no key update
            """)
        .param("ids", Columns.texts(contacts))
        .query(String.class)
        .list();
  }

  /** Those of these contacts that are stored and not gone. */
  Set<String> present(Collection<String> contacts) {
    return new HashSet<>(
        jdbc.sql(
                "select global_id from cw_contacts where global_id = any (:ids::text[]) and deleted_at is null")
            .param("ids", Columns.texts(contacts))
            .query(String.class)
            .list());
  }

  void write(UUID project, int settingsNo, Instant calculated, List<New> scores) {
    if (scores.isEmpty()) {
      return;
    }
    String[] ids = Columns.texts(scores.stream().map(New::contactId).toList());
    String[] numbers = Columns.texts(scores.stream().map(New::score).toList());
    jdbc.sql(
            """
            insert into health_scores
              (contact_global_id, project_id, score, active, formula, settings_no, factors, calculated_at)
            select id, :project, score, active, :formula, :settings, factors, :at
            from unnest(:ids::text[], :scores::smallint[], :active::boolean[], :factors::jsonb[])
              as n (id, score, active, factors)
            order by id
            on conflict (contact_global_id) do update
            set score = excluded.score, active = excluded.active, formula = excluded.formula,
                settings_no = excluded.settings_no, factors = excluded.factors, calculated_at = excluded.calculated_at
            """)
        .param("project", project)
        .param("formula", Formula.VERSION)
        .param("settings", settingsNo)
        .param("at", Columns.parameter(calculated))
        .param("ids", ids)
        .param("scores", numbers)
        .param("active", Columns.texts(scores.stream().map(New::active).toList()))
        .param(
            "factors",
            Columns.texts(
                scores.stream().map(one -> json.writeValueAsString(one.factors())).toList()))
        .update();
    jdbc.sql(
            """
            insert into health_history as h (contact_global_id, project_id, day, score)
            select n.id, :project, (:at::timestamptz at time zone p.time_zone)::date, n.score
            from unnest(:ids::text[], :scores::smallint[]) as n (id, score) join projects p on p.id = :project
            order by n.id
            on conflict (contact_global_id, day) do update set score = excluded.score where h.score <> excluded.score
            """)
        .param("project", project)
        .param("at", Columns.parameter(calculated))
        .param("ids", ids)
        .param("scores", numbers)
        .update();
  }

  /** These contacts are gone, or have no conversation any more. */
  int delete(Collection<String> contacts) {
    if (contacts.isEmpty()) {
      return 0;
    }
    jdbc.sql("delete from health_overrides where contact_global_id = any (:ids::text[])")
        .param("ids", Columns.texts(contacts))
        .update();
    jdbc.sql("delete from health_history where contact_global_id = any (:ids::text[])")
        .param("ids", Columns.texts(contacts))
        .update();
    return jdbc.sql("delete from health_scores where contact_global_id = any (:ids::text[])")
        .param("ids", Columns.texts(contacts))
        .update();
  }

  /** Notes how the project stands today. */
  void noteDay(UUID project) {
    jdbc.sql(
            """
            insert into health_project_days (project_id, day, contacts, score_sum, healthy, watch, at_risk, critical)
            select h.project_id, (now() at time zone p.time_zone)::date, h.contacts, h.score_sum, h.healthy, h.watch,
              h.at_risk, h.critical
            from health_projects h join projects p on p.id = h.project_id where h.project_id = :project
            on conflict (project_id, day) do update
            set contacts = excluded.contacts, score_sum = excluded.score_sum, healthy = excluded.healthy,
                watch = excluded.watch, at_risk = excluded.at_risk, critical = excluded.critical
            """)
        .param("project", project)
        .update();
  }

  /** Deletes what is too old, so many rows of contacts at the most, and says how many. */
  int forget(UUID project, int limit) {
    jdbc.sql(
            """
            delete from health_overrides where ctid = any (array(
              select ctid from health_overrides
              where project_id = :project and expires_at < now() - make_interval(days => :days)
              order by expires_at limit :limit))
              and expires_at < now() - make_interval(days => :days)
            """)
        .param("project", project)
        .param("days", EXPIRED_DAYS)
        .param("limit", limit)
        .update();
    jdbc.sql(
            "delete from health_project_days where project_id = :project and day < current_date - :days::integer")
        .param("project", project)
        .param("days", KEPT_DAYS)
        .update();
    return jdbc.sql(
            """
            delete from health_history where ctid = any (array(
              select ctid from health_history where project_id = :project and day < current_date - :days::integer
              order by day limit :limit))
            """)
        .param("project", project)
        .param("days", KEPT_DAYS)
        .param("limit", limit)
        .update();
  }
}
