package dev.threadmill.bench.insight;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import java.util.List;

/** Each job over 1,000,000 messages once, and then over 1,000 new ones. */
public final class InsightBench implements Group {
  private static final List<Scenario> SCENARIOS =
      List.of(new AnalyticsScenario(), new SignalsScenario(), new CampaignScenario());

  /** What one job has to do. */
  interface Scenario {
    /** Measures, checks each result before it counts, and reports it. */
    void run(BenchServers servers, Report report) throws Exception;
  }

  @Override
  public String name() {
    return "insight";
  }

  @Override
  public boolean onlyByName() {
    return true;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    for (Scenario scenario : SCENARIOS) {
      scenario.run(servers, report);
    }
  }
}
