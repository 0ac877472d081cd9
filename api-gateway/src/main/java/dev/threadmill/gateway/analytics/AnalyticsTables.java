package dev.threadmill.gateway.analytics;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.analytics.Grouping.Unit;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what scheduler-service writes: {@code analytics_daily} and what belongs to it. */
@Repository
class AnalyticsTables {
  /**
   * %1$s: the period of {@code day}; %2$s and %3$s: the columns of inbox and agent, or 0. The
   * backlog at the end of a period is what grew before all of them, by whole months as far as there
   * are, and since.
   */
  private static final String SUMS =
      """
      with sums as (
        select %1$s as period, inbox_id, agent_id, sum(opened)::bigint as opened, sum(resolved)::bigint as resolved,
          sum(reopened)::bigint as reopened, sum(messages_in)::bigint as messages_in,
          sum(messages_out)::bigint as messages_out, sum(backlog_change)::bigint as change
        from analytics_daily
        where project_id = :project and level = :level and day between :from::date and :to::date
        group by 1, 2, 3),
      earlier as (
        select inbox_id, agent_id, sum(backlog_change)::bigint as change
        from (
          select inbox_id, agent_id, backlog_change from analytics_months
          where project_id = :project and level = :level and month < date_trunc('month', :from::date::timestamp)::date
          union all
          select inbox_id, agent_id, backlog_change from analytics_daily
          where project_id = :project and level = :level
            and day >= date_trunc('month', :from::date::timestamp)::date and day < :from::date) e
        group by 1, 2),
      periods as (
        select distinct %1$s as period
        from generate_series(:from::date::timestamp, :to::date::timestamp, '1 day') as g (at)
          cross join lateral (select at::date as day) d),
      groups as (
        select inbox_id, agent_id from sums
        union select inbox_id, agent_id from earlier where change <> 0
        union select 0, 0 where :level = 'project'),
      filled as (
        select period, g.inbox_id, g.agent_id, s.opened, s.resolved, s.reopened, s.messages_in, s.messages_out, s.change,
          coalesce(e.change, 0) + sum(coalesce(s.change, 0))
            over (partition by g.inbox_id, g.agent_id order by period) as backlog
        from periods cross join groups g
          left join sums s using (period, inbox_id, agent_id)
          left join earlier e using (inbox_id, agent_id)),
      types as (
        select %1$s as period, inbox_id, agent_id, s.type, sum(s.n::bigint)::bigint as n
        from analytics_daily cross join lateral jsonb_each_text(signals) as s (type, n)
        where project_id = :project and level = :level and day between :from::date and :to::date and signals <> '{}'
        group by 1, 2, 3, 4),
      by_type as (
        select period, inbox_id, agent_id, jsonb_object_agg(type, n) as signals from types group by 1, 2, 3),
      embedded as (
        select %1$s as period, sum(tokens)::bigint as tokens, sum(cost_usd) as cost from embedding_usage
        where project_id = :project and day between :from::date and :to::date
        group by 1),
      """;

  /** A day has them as they were computed for its level. */
  private static final String OF_A_DAY =
      """
      distinct_ones as (
        select day as period, inbox_id, agent_id, contacts, array[first_response_median, first_response_p90] as response,
          array[first_response_business_median, first_response_business_p90] as business_response,
          array[resolution_median, resolution_p90] as resolution,
          array[resolution_business_median, resolution_business_p90] as business_resolution
        from analytics_daily
        where project_id = :project and level = :level and day between :from::date and :to::date)
      """;

  /** Contacts and percentiles of several days do not follow from those of each. */
  private static final String OF_SEVERAL_DAYS =
      """
      distinct_ones as (
        select %1$s as period, %2$s as inbox_id, %3$s as agent_id,
          count(distinct contact_global_id) filter (where messages_in > 0) as contacts,
          percentile_cont(array[0.5, 0.9]) within group (order by first_response_seconds) as response,
          percentile_cont(array[0.5, 0.9]) within group (order by first_response_business_seconds) as business_response,
          percentile_cont(array[0.5, 0.9]) within group (order by resolution_seconds) as resolution,
          percentile_cont(array[0.5, 0.9]) within group (order by resolution_business_seconds) as business_resolution
        from analytics_facts
        where project_id = :project and day between :from::date and :to::date
        group by 1, 2, 3)
      """;

  private static final String ROWS =
      """
      select f.period, f.inbox_id, i.name as inbox, f.agent_id, a.name as agent, coalesce(f.opened, 0) as opened,
        coalesce(f.resolved, 0) as resolved, coalesce(f.reopened, 0) as reopened, f.backlog::bigint as backlog,
        coalesce(f.messages_in, 0) as messages_in, coalesce(f.messages_out, 0) as messages_out,
        coalesce(d.contacts, 0) as contacts, d.response, d.business_response, d.resolution, d.business_resolution,
        coalesce(t.signals, '{}') as signals, coalesce(u.tokens, 0) as tokens, coalesce(u.cost, 0) as cost
      from filled f
        left join distinct_ones d using (period, inbox_id, agent_id)
        left join by_type t using (period, inbox_id, agent_id)
        left join embedded u using (period)
        left join lateral (
          select name from cw_inboxes where project_id = :project and inbox_id = f.inbox_id and :level <> 'agent'
          order by deleted_at nulls first, global_id limit 1) i on true
        left join analytics_agents a on a.project_id = :project and a.agent_id = f.agent_id
      where :level = 'project' or f.change is not null or f.backlog <> 0
      order by f.period, f.inbox_id, f.agent_id
      limit :limit
      """;

  private final JdbcClient jdbc;

  AnalyticsTables(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Where a project is in time.
   *
   * @param upToDate whether everything that changed is in the numbers
   */
  record Present(String timeZone, LocalDate today, boolean upToDate) {}

  Present present(UUID project) {
    return jdbc.sql(
            """
            select p.time_zone, (now() at time zone p.time_zone)::date as today,
              not exists (select from changed_conversations c
                          where c.project_id = p.id and c.reader = 'analytics')
              and not exists (select from analytics_signal_changes s where s.project_id = p.id)
              and not exists (select from analytics_dirty_days d where d.project_id = p.id)
              and not exists (select from analytics_state s where s.project_id = p.id
                                and (s.noted_at is not null or s.basis <> analytics_basis(p.id)))
              as up_to_date
            from projects p where p.id = :project
            """)
        .param("project", project)
        .query(
            (row, number) ->
                new Present(
                    row.getString("time_zone"),
                    row.getObject("today", LocalDate.class),
                    row.getBoolean("up_to_date")))
        .single();
  }

  /** By time, inbox and agent; where there are inboxes or agents, only rows that tell something. */
  List<AnalyticsRow> rows(UUID project, Days days, Grouping grouping, int limit) {
    String period = period(grouping.unit());
    String sql =
        (SUMS + (grouping.unit() == Unit.DAY ? OF_A_DAY : OF_SEVERAL_DAYS) + ROWS)
            .formatted(
                period,
                grouping.byInbox() ? "inbox_id" : "0::bigint",
                grouping.byAgent() ? "agent_id" : "0::bigint");
    return jdbc.sql(sql)
        .param("project", project)
        .param("level", level(grouping))
        .param("from", days.from().toString())
        .param("to", days.to().toString())
        .param("limit", limit)
        .query((row, number) -> row(row, grouping))
        .list();
  }

  private static String period(Unit unit) {
    return switch (unit) {
      case DAY -> "day";
      case WEEK -> "date_trunc('week', day::timestamp)::date";
      case MONTH -> "date_trunc('month', day::timestamp)::date";
      case TOTAL -> ":from::date";
    };
  }

  private static String level(Grouping grouping) {
    if (grouping.ofProject()) {
      return "project";
    }
    return grouping.byInbox() ? (grouping.byAgent() ? "inbox_agent" : "inbox") : "agent";
  }

  private static AnalyticsRow row(ResultSet row, Grouping grouping) throws SQLException {
    Double[] response = pair(row, "response");
    Double[] businessResponse = pair(row, "business_response");
    Double[] resolution = pair(row, "resolution");
    Double[] businessResolution = pair(row, "business_resolution");
    return new AnalyticsRow(
        row.getObject("period", LocalDate.class),
        idOrNull(row, "inbox_id"),
        row.getString("inbox"),
        idOrNull(row, "agent_id"),
        row.getString("agent"),
        row.getLong("opened"),
        row.getLong("resolved"),
        row.getLong("reopened"),
        row.getLong("backlog"),
        row.getLong("messages_in"),
        row.getLong("messages_out"),
        row.getLong("contacts"),
        response[0],
        response[1],
        businessResponse[0],
        businessResponse[1],
        resolution[0],
        resolution[1],
        businessResolution[0],
        businessResolution[1],
        signals(row),
        grouping.ofProject() ? row.getLong("tokens") : null,
        grouping.ofProject() ? row.getBigDecimal("cost") : null);
  }

  /** The median and the ninetieth percentile. */
  private static @Nullable Double[] pair(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? new Double[] {null, null} : (Double[]) array.getArray();
  }

  private static @Nullable Long idOrNull(ResultSet row, String column) throws SQLException {
    long id = row.getLong(column);
    return id == 0 ? null : id;
  }

  private static Map<String, Long> signals(ResultSet row) throws SQLException {
    Map<String, Long> signals = new TreeMap<>();
    Columns.json(row, "signals")
        .properties()
        .forEach(type -> signals.put(type.getKey(), type.getValue().asLong()));
    return signals;
  }
}
