package dev.threadmill.scheduler.analytics;

import dev.threadmill.scheduler.analytics.Basis.BusinessHours;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code analytics_state}: what a project's facts are computed with, and how far that is. */
@Repository
class StateTable {
  private final JdbcClient jdbc;

  StateTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What people set: the project's time zone and its business hours. */
  Basis wanted(UUID project) {
    return jdbc.sql(
            """
            select p.time_zone, s.business_days, s.business_from::text, s.business_until::text,
              analytics_basis(p.id) as basis
            from projects p left join analytics_settings s on s.project_id = p.id
            where p.id = :project
            """)
        .param("project", project)
        .query(StateTable::basis)
        .single();
  }

  private static Basis basis(ResultSet row, int number) throws SQLException {
    var days = row.getArray("business_days");
    return new Basis(
        row.getString("time_zone"),
        days == null
            ? null
            : new BusinessHours(
                Arrays.stream((Object[]) days.getArray())
                    .map(day -> ((Number) day).intValue())
                    .sorted()
                    .toList(),
                row.getString("business_from"),
                row.getString("business_until")),
        row.getString("basis"));
  }

  /**
   * Facts are computed with this from now on. Those of a project that had another basis are all to
   * be computed anew; a new project's conversations are noted as changed already.
   */
  void begin(UUID project, Basis basis) {
    jdbc.sql(
            """
            insert into analytics_state as s (project_id, basis) values (:project, :basis)
            on conflict (project_id) do update
            set basis = excluded.basis, noted_at = '-infinity', noted_id = ''
            where s.basis <> excluded.basis
            """)
        .param("project", project)
        .param("basis", basis.text())
        .update();
  }

  /**
   * For the rest of the transaction no other run writes facts of this project, and tables are read
   * by their indexes: of those that a first run fills the planner knows no size for a minute, and
   * would read them from end to end for each batch.
   *
   * @return the text of the basis that facts have from now on; when it is not the caller's, another
   *     run has begun since, and the caller must write nothing
   */
  String lock(UUID project) {
    return jdbc.sql(
            """
            select basis, set_config('enable_seqscan', 'off', true) || set_config('plan_cache_mode', 'force_custom_plan', true)
              || set_config('jit', 'off', true) as planned
            from analytics_state where project_id = :project for no key update
            """)
        .param("project", project)
        .query((row, number) -> row.getString("basis"))
        .single();
  }

  /**
   * The next conversations whose facts have another basis, by the index of those that began; none
   * when all are noted. Must be called in the transaction that notes them.
   */
  List<String> takeOutdated(UUID project, int limit) {
    return jdbc.sql(
            """
            with state as (
              select project_id, noted_at, noted_id from analytics_state
              where project_id = :project and noted_at is not null),
            next as (
              select c.created_at, c.global_id
              from state cross join lateral (
                select created_at, global_id from cw_conversations
                where project_id = :project and deleted_at is null
                  and (created_at, global_id) > (state.noted_at, state.noted_id)
                order by created_at, global_id limit :limit) c),
            moved as (
              update analytics_state s set noted_at = n.created_at, noted_id = n.global_id
              from state left join (
                select created_at, global_id from next order by created_at desc, global_id desc limit 1) n on true
              where s.project_id = state.project_id)
            select global_id from next
            """)
        .param("project", project)
        .param("limit", limit)
        .query(String.class)
        .list();
  }
}
