package dev.threadmill.bench.sync;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.story.LargeAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * First syncs beside a plain sequential client: one by a service that has just started, then by the
 * same service, which does not compile any more; and the sync of an unchanged account.
 */
public final class SyncBench implements Group {
  private static final int ROUNDS = 3;
  private static final int CONVERSATIONS = 450;
  private static final int MESSAGES = 10_000;

  /** So long the sequential client may work; its rate does not change. */
  private static final Duration AT_MOST = Duration.ofSeconds(3);

  /** What a request takes: nothing, within one network, through the internet; assumptions. */
  private static final Map<Duration, Goal> LATENCIES =
      new TreeMap<>(
          Map.of(
              Duration.ZERO,
              Goal.FIRST_SYNC_0,
              Duration.ofMillis(20),
              Goal.FIRST_SYNC_20,
              Duration.ofMillis(100),
              Goal.FIRST_SYNC_100));

  @Override
  public String name() {
    return "sync";
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (OurSync sync = OurSync.start(servers)) {
      afterStart(servers, sync, report);
      for (var latency : LATENCIES.entrySet()) {
        firstSyncs(servers, sync, report, latency.getKey(), latency.getValue());
      }
      unchanged(sync, report);
    }
  }

  private static void afterStart(BenchServers servers, OurSync sync, Report report)
      throws Exception {
    Samples ours = new Samples();
    Samples theirs = new Samples();
    Usage before = sync.usage();
    firstSync(servers, sync, Duration.ZERO, ours, theirs);
    tell(
        report,
        "the first after a start, 0 ms a request",
        ours,
        theirs,
        sync.usage().since(before));
  }

  private static void firstSyncs(
      BenchServers servers, OurSync sync, Report report, Duration latency, Goal goal)
      throws Exception {
    Samples ours = new Samples();
    Samples theirs = new Samples();
    Usage usage = Usage.UNKNOWN;
    for (int round = 0; round < ROUNDS; round++) {
      Usage before = sync.usage();
      firstSync(servers, sync, latency, ours, theirs);
      usage = sync.usage().since(before);
    }
    tell(report, "%d ms a request".formatted(latency.toMillis()), ours, theirs, usage);
    report.goal(goal, ours.median() / theirs.median());
  }

  /** Of an account that is new to both. */
  private static void firstSync(
      BenchServers servers, OurSync sync, Duration latency, Samples ours, Samples theirs)
      throws Exception {
    try (ChatwootSimulator chatwoot = account(CONVERSATIONS, MESSAGES)) {
      chatwoot.latency(latency);
      OurSync.Memory memory = sync.of(chatwoot);
      ours.add(MESSAGES / seconds(memory.untilComplete()));
      memory.requireMessages(MESSAGES);
      var client = new SequentialClient(servers, servers.createDatabase(), chatwoot.baseUrl());
      theirs.add(client.messagesPerSecond(AT_MOST));
    }
  }

  private static void tell(Report report, String how, Samples ours, Samples theirs, Usage usage) {
    report.rate(
        "first sync, %,d messages, %s".formatted(MESSAGES, how),
        "messages/s",
        ours,
        "sequential client",
        theirs,
        usage);
  }

  /** Three sizes in turns. "Theirs" is the smallest: the goal is a cost that does not grow. */
  private static void unchanged(OurSync sync, Report report) throws Exception {
    try (Unchanged small = Unchanged.of(sync, 50, 1_000);
        Unchanged some = Unchanged.of(sync, 500, 10_000);
        Unchanged large = Unchanged.of(sync, 4_500, 100_000)) {
      for (int round = 0; round < 5; round++) {
        for (Unchanged account : List.of(small, some, large)) {
          account.again(sync);
        }
      }
      some.tell(report, small);
      large.tell(report, small);
      report.goal(Goal.UNCHANGED_REQUESTS, large.requests.median() / small.requests.median());
      report.goal(Goal.UNCHANGED_TIME, large.millis.median() / small.millis.median());
    }
  }

  /** An account that is stored, and what it took to see that nothing is new. */
  private record Unchanged(
      ChatwootSimulator chatwoot,
      OurSync.Memory memory,
      int messages,
      Samples requests,
      Samples millis,
      List<Usage> usage)
      implements AutoCloseable {
    static Unchanged of(OurSync sync, int conversations, int messages) throws Exception {
      ChatwootSimulator chatwoot = account(conversations, messages);
      OurSync.Memory memory = sync.of(chatwoot);
      memory.untilComplete();
      memory.requireMessages(messages);
      // What the first sync left to be looked at is looked at before it counts.
      memory.once();
      return new Unchanged(
          chatwoot, memory, messages, new Samples(), new Samples(), new ArrayList<>());
    }

    void again(OurSync sync) throws Exception {
      Usage before = sync.usage();
      OurSync.Run run = memory.once();
      usage.add(sync.usage().since(before));
      requests.add(run.requests());
      millis.add(run.millis());
      memory.requireMessages(messages);
    }

    void tell(Report report, Unchanged small) {
      String scenario = "nothing new, %,d messages stored".formatted(messages);
      String beside = "%,d messages stored".formatted(small.messages);
      report.cost(scenario, "requests", requests, beside, small.requests, usage.getLast());
      report.cost(scenario, "ms", millis, beside, small.millis, usage.getLast());
    }

    @Override
    public void close() {
      chatwoot.close();
    }
  }

  private static ChatwootSimulator account(int conversations, int messages) {
    ChatwootSimulator chatwoot = ChatwootSimulator.start();
    LargeAccount.fill(chatwoot.account(), conversations, messages, 7);
    return chatwoot;
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  static void require(long found, long wanted, String what) {
    if (found != wanted) {
      throw new IllegalStateException(
          "%d %s are stored, but there are %d".formatted(found, what, wanted));
    }
  }
}
