package dev.threadmill.scheduler.analytics;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code analytics_daily}, and {@code analytics_months}, which keeps by how much the backlog grew:
 * computed from the facts of the days that {@code analytics_dirty_days} names.
 */
@Repository
class DaysTable {
  /** Contacts and percentiles do not add up, so each level is computed from the facts. */
  private static final String SUMS =
      """
      insert into analytics_daily (project_id, level, day, inbox_id, agent_id, opened, resolved, reopened, messages_in,
        messages_out, contacts, first_response_median, first_response_p90, first_response_business_median,
        first_response_business_p90, resolution_median, resolution_p90, resolution_business_median,
        resolution_business_p90, signals)
      with facts as (
        select * from analytics_facts where project_id = :project and day = any (:days::date[])),
      sums as (
        select grouping(inbox_id, agent_id) as rolled_up, day, coalesce(inbox_id, 0) as inbox_id,
          coalesce(agent_id, 0) as agent_id, sum(opened) as opened, sum(resolved) as resolved,
          sum(reopened) as reopened, sum(messages_in) as messages_in, sum(messages_out) as messages_out,
          count(distinct contact_global_id) filter (where messages_in > 0) as contacts,
          percentile_cont(array[0.5, 0.9]) within group (order by first_response_seconds) as response,
          percentile_cont(array[0.5, 0.9]) within group (order by first_response_business_seconds) as business_response,
          percentile_cont(array[0.5, 0.9]) within group (order by resolution_seconds) as resolution,
          percentile_cont(array[0.5, 0.9]) within group (order by resolution_business_seconds) as business_resolution
        from facts group by grouping sets ((day), (day, inbox_id), (day, agent_id), (day, inbox_id, agent_id))),
      types as (
        select grouping(inbox_id, agent_id) as rolled_up, day, coalesce(inbox_id, 0) as inbox_id,
          coalesce(agent_id, 0) as agent_id, s.type, sum(s.n::bigint) as n
        from facts cross join lateral jsonb_each_text(signals) as s (type, n)
        group by grouping sets ((day, s.type), (day, inbox_id, s.type), (day, agent_id, s.type),
                                (day, inbox_id, agent_id, s.type))),
      told as (
        select rolled_up, day, inbox_id, agent_id, jsonb_object_agg(type, n) as signals
        from types group by rolled_up, day, inbox_id, agent_id)
      select :project, (array['inbox_agent', 'inbox', 'agent', 'project'])[rolled_up + 1], day, inbox_id, agent_id,
        opened, resolved, reopened, messages_in, messages_out, contacts, response[1], response[2],
        business_response[1], business_response[2], resolution[1], resolution[2], business_resolution[1],
        business_resolution[2], coalesce(signals, '{}')
      from sums left join told using (rolled_up, day, inbox_id, agent_id)
      """;

  /** Naming them lets the key of the table be used, which begins with project and level. */
  private static final String ALL_LEVELS =
      "level = any ('{project,inbox,agent,inbox_agent}') and day = any (:days::date[])";

  private final JdbcClient jdbc;

  DaysTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Computes the oldest of the days that changed, at most so many, and says how many these were.
   * Must be called in a transaction. What changes at this moment marks its day anew, and that row
   * is not seen here yet.
   */
  int recompute(UUID project, int limit) {
    List<LocalDate> days = takeDirty(project, limit);
    if (!days.isEmpty()) {
      execute(
          "delete from analytics_daily where project_id = :project and " + ALL_LEVELS,
          project,
          days);
      execute(SUMS, project, days);
      months(project, days);
    }
    return days.size();
  }

  private List<LocalDate> takeDirty(UUID project, int limit) {
    return jdbc.sql(
            """
            with days as (
              select distinct day from analytics_dirty_days where project_id = :project order by day limit :limit),
            taken as (
              delete from analytics_dirty_days d using days where d.project_id = :project and d.day = days.day)
            select day from days
            """)
        .param("project", project)
        .param("limit", limit)
        .query((row, number) -> row.getObject("day", LocalDate.class))
        .list();
  }

  private void months(UUID project, List<LocalDate> days) {
    List<LocalDate> months = days.stream().map(day -> day.withDayOfMonth(1)).distinct().toList();
    execute(
        """
        delete from analytics_months
        where project_id = :project and level = any ('{project,inbox,agent,inbox_agent}')
          and month = any (:days::date[])
        """,
        project,
        months);
    execute(
        """
        insert into analytics_months (project_id, level, month, inbox_id, agent_id, backlog_change)
        select :project, d.level, m.month, d.inbox_id, d.agent_id, sum(d.backlog_change)
        from unnest(:days::date[]) as m (month) join analytics_daily d
          on d.project_id = :project and d.level = any ('{project,inbox,agent,inbox_agent}')
            and d.day >= m.month and d.day < m.month + interval '1 month'
        group by d.level, m.month, d.inbox_id, d.agent_id
        having sum(d.backlog_change) <> 0
        """,
        project,
        months);
  }

  private void execute(String sql, UUID project, List<LocalDate> days) {
    jdbc.sql(sql)
        .param("project", project)
        .param("days", days.stream().map(LocalDate::toString).toArray(String[]::new))
        .update();
  }
}
