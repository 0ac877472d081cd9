package dev.threadmill.bench.insight;

import dev.threadmill.bench.Goal;
import dev.threadmill.core.job.JobType;
import java.sql.SQLException;

/** All contacts wrote, and have a score; in each tenth conversation there is a fresh complaint. */
final class HealthScenario implements Scenario {
  @Override
  public String name() {
    return "health";
  }

  @Override
  public JobType job() {
    return JobType.HEALTH_SCORING;
  }

  @Override
  public Goal goal() {
    return Goal.HEALTH;
  }

  @Override
  public void prepare(InsightProject project) throws SQLException {
    project.execute(
        """
        insert into signals (project_id, conversation_global_id, contact_global_id, type, status, severity, confidence,
          basis, first_seen_at, last_seen_at, occurrences)
        select project_id, global_id, contact_global_id, 'complaint', 'accepted', 3, 0.9, '{}',
          now() - interval '5 days', now() - interval '5 days', 1
        from cw_conversations where conversation_id % 10 = 0
        """);
    project.execute("vacuum analyze signals");
  }

  @Override
  public void requireDone(InsightProject project, long messages) throws SQLException {
    project.require("select count(*) from health_scores", InsightProject.CONTACTS);
    project.require("select count(*) from changed_conversations where reader = 'health'", 0);
  }
}
