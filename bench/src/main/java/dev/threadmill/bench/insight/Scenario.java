package dev.threadmill.bench.insight;

import dev.threadmill.bench.Goal;
import dev.threadmill.core.job.JobType;
import java.sql.SQLException;

/** What one job has to do. */
interface Scenario {
  String name();

  JobType job();

  /** What its runs over new messages are to reach. */
  Goal goal();

  /** What the job needs besides messages; nothing of it is measured. */
  default void prepare(InsightProject project) throws SQLException {}

  /** Fails where the job did not do all that these messages give it to do. */
  void requireDone(InsightProject project, long messages) throws SQLException;
}
