package dev.threadmill.bench.health;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;

/**
 * Scores the contacts of a million messages once, then with a thousand new ones: the second time
 * must cost less than a hundredth of the first. Takes minutes, so it runs only when it is named.
 */
public final class HealthBench implements Group {
  private static final int MESSAGES = 1_000_000;
  private static final int CONVERSATIONS = 45_000;
  private static final int NEW = 1_000;

  @Override
  public String name() {
    return "health";
  }

  @Override
  public boolean onlyByName() {
    return true;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    Samples first = new Samples();
    Samples second = new Samples();
    try (OurHealth health = OurHealth.start(servers)) {
      health.fill(MESSAGES, CONVERSATIONS);
      Usage before = health.usage();
      first.add(health.score());
      health.requireScores(CONVERSATIONS);
      report.say("%,d messages: %s".formatted(MESSAGES, health.usage().since(before)));
      for (int round = 0; round < 3; round++) {
        health.add(NEW);
        before = health.usage();
        second.add(health.score());
        report.say("%,d new ones: %s".formatted(NEW, health.usage().since(before)));
      }
      Samples nothing = new Samples();
      nothing.add(health.score());
      nothing.add(health.score());
      nothing.add(health.score());
      report.cost(
          "health, 1,000 new messages, heap 256 MB",
          "s",
          second,
          "first time, 1,000,000",
          first,
          health.usage());
      report.cost("health, no news", "s", nothing, "first time, 1,000,000", first, health.usage());
    }
  }
}
