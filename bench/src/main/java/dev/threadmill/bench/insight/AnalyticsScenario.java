package dev.threadmill.bench.insight;

import dev.threadmill.bench.Goal;
import dev.threadmill.core.job.JobType;
import java.sql.SQLException;

/** Every message is counted, and no day is left. */
final class AnalyticsScenario implements Scenario {
  @Override
  public String name() {
    return "analytics";
  }

  @Override
  public JobType job() {
    return JobType.ANALYTICS_AGGREGATES;
  }

  @Override
  public Goal goal() {
    return Goal.ANALYTICS;
  }

  @Override
  public void requireDone(InsightProject project, long messages) throws SQLException {
    project.require(
        "select sum(messages_in + messages_out) from analytics_daily where level = 'project'",
        messages);
    project.require("select count(*) from analytics_dirty_days", 0);
  }
}
