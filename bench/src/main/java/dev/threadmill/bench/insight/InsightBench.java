package dev.threadmill.bench.insight;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import java.util.List;
import java.util.stream.Stream;

/**
 * A job over 1,000,000 messages once, and then over 1,000 new ones. "Theirs" is what the job needs
 * at first until nothing is left: the goal is a run over new messages that costs less than a
 * hundredth of it.
 */
public final class InsightBench implements Group {
  static final int MESSAGES = 1_000_000;
  private static final int NEW = 1_000;

  private final Scenario scenario;

  private InsightBench(Scenario scenario) {
    this.scenario = scenario;
  }

  /** One for each job; their common name is {@code insight}. */
  public static List<Group> ofEachJob() {
    return Stream.of(
            new AnalyticsScenario(),
            new SignalsScenario(),
            new HealthScenario(),
            new CampaignScenario())
        .<Group>map(InsightBench::new)
        .toList();
  }

  @Override
  public String name() {
    return "insight-" + scenario.name();
  }

  @Override
  public boolean onlyByName() {
    return true;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (InsightProject project = InsightProject.start(servers)) {
      project.fill(MESSAGES);
      scenario.prepare(project);
      Usage before = project.usage();
      Samples first = new Samples();
      first.add(project.runToTheEnd(scenario.job()));
      scenario.requireDone(project, MESSAGES);
      report.say(
          "%s, %,d messages: %s"
              .formatted(scenario.name(), MESSAGES, project.usage().since(before)));
      Samples again = new Samples();
      Usage last = before;
      for (int round = 1; round <= 3; round++) {
        project.add(NEW);
        last = project.usage();
        again.add(project.runToTheEnd(scenario.job()));
        scenario.requireDone(project, MESSAGES + round * NEW);
      }
      report.cost(
          scenario.name() + ", 1,000 new messages of 1,000,000",
          "s",
          again,
          "the first time",
          first,
          project.usage().since(last));
      report.goal(scenario.goal(), again.median() / first.median());
      Samples nothing = new Samples();
      nothing.add(project.runToTheEnd(scenario.job()));
      report.cost(
          scenario.name() + ", nothing new", "s", nothing, "the first time", first, Usage.UNKNOWN);
    }
  }
}
