package dev.threadmill.bench.scheduling;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;

/** How long a tick takes as schedules grow, and how many due no-ops a second get done. */
public final class SchedulingBench implements Group {
  private static final int ROUNDS = 3;
  private static final int DUE = 1_000;
  private static final int WARM_UP_TICKS = 4;
  private static final int TICKS = 5;
  private static final int NO_OPS = 3_000;

  /** Enough for the compilers; db-scheduler needs no more, either. */
  private static final int WARM_UP = 1_000;

  @Override
  public String name() {
    return "scheduling";
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    ticks(servers, report);
    noOps(servers, report);
  }

  /** "Theirs" is the small installation here: the goal is a time that does not grow. */
  private static void ticks(BenchServers servers, Report report) throws Exception {
    Samples small = ticks(servers, 500);
    Samples some = ticks(servers, 10_000);
    tell(report, "60,000", some, small);
    Samples many = ticks(servers, 100_000);
    tell(report, "600,000", many, small);
    report.goal(Goal.TICK, some.median());
    report.goal(Goal.FLAT_TICK, some.median() / small.median());
    report.goal(Goal.FLAT_TICK, many.median() / small.median());
  }

  private static void tell(Report report, String schedules, Samples many, Samples few) {
    report.cost(
        "tick, 1,000 due among " + schedules + " schedules",
        "ms",
        many,
        "among 3,000",
        few,
        Usage.UNKNOWN);
  }

  private static Samples ticks(BenchServers servers, int projects) throws Exception {
    Samples millis = new Samples();
    try (var scheduler = OurScheduler.start(servers, 1, 0)) {
      scheduler.schedules(projects);
      // The first ones still compile what the others only run.
      for (int round = 0; round < WARM_UP_TICKS; round++) {
        scheduler.tick(DUE);
      }
      for (int round = 0; round < TICKS; round++) {
        millis.add(scheduler.tick(DUE));
      }
    }
    return millis;
  }

  private static void noOps(BenchServers servers, Report report) throws Exception {
    Samples ours = new Samples();
    Samples theirs = new Samples();
    Usage usage = Usage.UNKNOWN;
    try (var scheduler = OurScheduler.start(servers, 2, 2);
        var peer = new DbSchedulerPeer(servers)) {
      scheduler.schedules(NO_OPS);
      scheduler.noOps(WARM_UP);
      peer.noOps(WARM_UP);
      for (int round = 0; round < ROUNDS; round++) {
        Usage before = scheduler.usage();
        ours.add(NO_OPS / scheduler.noOps(NO_OPS));
        usage = scheduler.usage().since(before);
        theirs.add(NO_OPS / peer.noOps(NO_OPS));
      }
    }
    report.rate(
        "due, run as no-op and completed, two instances",
        "runs/s",
        ours,
        "db-scheduler, two instances",
        theirs,
        usage);
    report.goal(Goal.DUE_RUNS, ours.median() / theirs.median());
  }
}
