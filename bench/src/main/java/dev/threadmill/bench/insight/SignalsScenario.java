package dev.threadmill.bench.insight;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.job.JobType;

/**
 * By the rules, without vectors. "Theirs" is the first run: the goal is a second that costs less
 * than a hundredth of it.
 */
final class SignalsScenario implements InsightBench.Scenario {
  private static final int MESSAGES = 1_000_000;
  private static final int NEW = 1_000;

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (InsightProject project = InsightProject.start(servers)) {
      project.fill(MESSAGES);
      Samples first = new Samples();
      first.add(project.run(JobType.SIGNALS_EXTRACTION));
      requireAllRead(project);
      Samples again = new Samples();
      for (int round = 1; round <= 3; round++) {
        project.add(NEW);
        again.add(project.run(JobType.SIGNALS_EXTRACTION));
        requireAllRead(project);
      }
      Usage usage = project.usage();
      report.cost(
          "signals, 1,000 new messages of 1,000,000", "s", again, "the first run", first, usage);
      Samples nothing = new Samples();
      nothing.add(project.run(JobType.SIGNALS_EXTRACTION));
      report.cost("signals, nothing new", "s", nothing, "the first run", first, Usage.UNKNOWN);
    }
  }

  /** Each customer's message of three of the five kinds is evidence of one signal. */
  private static void requireAllRead(InsightProject project) throws Exception {
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
