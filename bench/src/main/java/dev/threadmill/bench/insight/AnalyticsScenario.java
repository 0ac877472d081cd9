package dev.threadmill.bench.insight;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.job.JobType;

/** "Theirs" is the first run: the goal is a second that costs less than a hundredth of it. */
final class AnalyticsScenario implements InsightBench.Scenario {
  private static final int MESSAGES = 1_000_000;
  private static final int NEW = 1_000;

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (InsightProject project = InsightProject.start(servers)) {
      project.fill(MESSAGES);
      Samples first = new Samples();
      first.add(project.run(JobType.ANALYTICS_AGGREGATES));
      requireAllCounted(project, MESSAGES);
      Samples again = new Samples();
      for (int round = 1; round <= 3; round++) {
        project.add(NEW);
        again.add(project.run(JobType.ANALYTICS_AGGREGATES));
        requireAllCounted(project, MESSAGES + round * NEW);
      }
      Usage usage = project.usage();
      report.cost(
          "analytics, 1,000 new messages of 1,000,000", "s", again, "the first run", first, usage);
      Samples nothing = new Samples();
      nothing.add(project.run(JobType.ANALYTICS_AGGREGATES));
      report.cost("analytics, nothing new", "s", nothing, "the first run", first, Usage.UNKNOWN);
    }
  }

  private static void requireAllCounted(InsightProject project, long messages) throws Exception {
    project.require(
        "select sum(messages_in + messages_out) from analytics_daily where level = 'project'",
        messages);
    project.require("select count(*) from analytics_dirty_days", 0);
  }
}
