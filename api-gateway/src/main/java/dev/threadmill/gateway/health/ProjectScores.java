package dev.threadmill.gateway.health;

import dev.threadmill.gateway.health.ProjectHealth.ProjectDay;
import dev.threadmill.gateway.health.ProjectHealth.Tiers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code health_projects} and {@code health_project_days}: sums, so nothing is added up. */
@Repository
public class ProjectScores {
  private final JdbcClient jdbc;

  ProjectScores(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Overrides, which are few, are put in the place of what they override at each reading. */
  public ProjectHealth of(UUID project, int days) {
    List<ProjectDay> history = history(project, days);
    return jdbc.sql(
            """
            with said as materialized (
              select s.score as was, o.score as becomes
              from health_overrides o join health_scores s using (contact_global_id)
              where o.project_id = :project and o.expires_at > now() and s.active),
            moved as (
              select coalesce(sum(becomes - was), 0) as score,
                count(*) filter (where health_tier(becomes) = 'healthy')
                  - count(*) filter (where health_tier(was) = 'healthy') as healthy,
                count(*) filter (where health_tier(becomes) = 'watch')
                  - count(*) filter (where health_tier(was) = 'watch') as watch,
                count(*) filter (where health_tier(becomes) = 'at_risk')
                  - count(*) filter (where health_tier(was) = 'at_risk') as at_risk,
                count(*) filter (where health_tier(becomes) = 'critical')
                  - count(*) filter (where health_tier(was) = 'critical') as critical
              from said)
            select h.contacts, h.score_sum + m.score as score_sum, h.healthy + m.healthy as healthy,
              h.watch + m.watch as watch, h.at_risk + m.at_risk as at_risk, h.critical + m.critical as critical
            from health_projects h cross join moved m where h.project_id = :project
            """)
        .param("project", project)
        .query(
            (row, number) -> {
              Double mean = ProjectHealth.mean(row.getLong("score_sum"), row.getInt("contacts"));
              return new ProjectHealth(
                  mean,
                  mean == null ? null : Tier.of(mean).wireName(),
                  row.getInt("contacts"),
                  tiers(row),
                  history);
            })
        .optional()
        .orElseGet(() -> new ProjectHealth(null, null, 0, new Tiers(0, 0, 0, 0), history));
  }

  private List<ProjectDay> history(UUID project, int days) {
    return jdbc.sql(
            """
            select day, contacts, score_sum, healthy, watch, at_risk, critical from health_project_days
            where project_id = :project order by day desc limit :days
            """)
        .param("project", project)
        .param("days", days)
        .query(
            (row, number) ->
                new ProjectDay(
                    row.getObject("day", LocalDate.class),
                    ProjectHealth.mean(row.getLong("score_sum"), row.getInt("contacts")),
                    row.getInt("contacts"),
                    tiers(row)))
        .list();
  }

  private static Tiers tiers(ResultSet row) throws SQLException {
    return new Tiers(
        row.getInt("healthy"), row.getInt("watch"), row.getInt("at_risk"), row.getInt("critical"));
  }
}
