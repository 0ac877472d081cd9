package dev.threadmill.bench.insight;

import dev.threadmill.bench.Goal;
import dev.threadmill.core.job.JobType;
import java.sql.SQLException;

/** By the rules, without vectors. */
final class SignalsScenario implements Scenario {
  @Override
  public String name() {
    return "signals";
  }

  @Override
  public JobType job() {
    return JobType.SIGNALS_EXTRACTION;
  }

  @Override
  public Goal goal() {
    return Goal.SIGNALS;
  }

  /** Each customer's message of three of the five kinds is evidence of one signal. */
  @Override
  public void requireDone(InsightProject project, long messages) throws SQLException {
    project.require("select count(*) from changed_conversations where reader = 'signals'", 0);
    project.require(
        """
        select count(*) from cw_messages m
        where m.message_type = 'incoming' and m.content like '%money back%' and not exists (
          select from signal_evidence e where e.message_global_id = m.global_id)
        """,
        0);
  }
}
