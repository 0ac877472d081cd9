package dev.threadmill.bench.sync;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.story.LargeAccount;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A first sync beside a plain sequential client, and the sync of an unchanged account. */
public final class SyncBench implements Group {
  private static final int ROUNDS = 3;
  private static final int CONVERSATIONS = 900;
  private static final int MESSAGES = 20_000;

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
    for (var latency : LATENCIES.entrySet()) {
      firstSync(servers, report, latency.getKey(), latency.getValue());
    }
    unchanged(servers, report);
  }

  private static void firstSync(BenchServers servers, Report report, Duration latency, Goal goal)
      throws Exception {
    Samples ours = new Samples();
    Samples theirs = new Samples();
    Usage usage = Usage.UNKNOWN;
    try (ChatwootSimulator chatwoot = account(CONVERSATIONS, MESSAGES)) {
      chatwoot.latency(latency);
      for (int round = 0; round < ROUNDS; round++) {
        try (OurSync sync = OurSync.start(servers, chatwoot)) {
          Usage before = sync.usage();
          ours.add(MESSAGES / seconds(sync.untilComplete()));
          usage = sync.usage().since(before);
          sync.requireMessages(MESSAGES);
        }
        var client = new SequentialClient(servers, servers.createDatabase(), chatwoot.baseUrl());
        theirs.add(client.messagesPerSecond(AT_MOST));
      }
    }
    report.rate(
        "first sync, %d messages, %d ms a request".formatted(MESSAGES, latency.toMillis()),
        "messages/s",
        ours,
        "sequential client",
        theirs,
        usage);
    report.goal(goal, ours.median() / theirs.median());
  }

  /** "Theirs" is the small account here: the goal is a cost that does not grow. */
  private static void unchanged(BenchServers servers, Report report) throws Exception {
    Unchanged small = unchanged(servers, 50, 1_000);
    tell(report, "10,000", unchanged(servers, 500, 10_000), small);
    Unchanged large = unchanged(servers, 4_500, 100_000);
    tell(report, "100,000", large, small);
    report.goal(Goal.UNCHANGED_REQUESTS, large.requests.median() / small.requests.median());
    report.goal(Goal.UNCHANGED_TIME, large.millis.median() / small.millis.median());
  }

  private static void tell(Report report, String messages, Unchanged large, Unchanged small) {
    String scenario = "nothing new, " + messages + " messages stored";
    String beside = "1,000 messages stored";
    report.cost(scenario, "requests", large.requests, beside, small.requests, large.usage);
    report.cost(scenario, "ms", large.millis, beside, small.millis, large.usage);
  }

  private record Unchanged(Samples requests, Samples millis, Usage usage) {}

  private static Unchanged unchanged(BenchServers servers, int conversations, int messages)
      throws Exception {
    var unchanged = new Unchanged(new Samples(), new Samples(), Usage.UNKNOWN);
    try (ChatwootSimulator chatwoot = account(conversations, messages);
        OurSync sync = OurSync.start(servers, chatwoot)) {
      sync.untilComplete();
      sync.requireMessages(messages);
      // The first of these still compiles what the others only run.
      sync.once();
      for (int round = 0; round < 5; round++) {
        OurSync.Run run = sync.once();
        unchanged.requests.add(run.requests());
        unchanged.millis.add(run.millis());
      }
      sync.requireMessages(messages);
      return new Unchanged(unchanged.requests, unchanged.millis, sync.usage());
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

  static Map<String, String> environment(ChatwootSimulator chatwoot) {
    return Map.of(
        "CHATWOOT_BASE_URL", chatwoot.baseUrl().toString(),
        "CHATWOOT_API_TOKEN", ChatwootSimulator.ADMIN_TOKEN,
        "CHATWOOT_ACCOUNT_ID", Long.toString(ChatwootSimulator.ACCOUNT_ID),
        "CHATWOOT_LOOKBACK_DAYS", "0",
        "CHATWOOT_CONVERSATIONS_LIMIT", "1000000",
        "CHATWOOT_PAGES_LIMIT", "1000000",
        "CHATWOOT_MESSAGES_LIMIT", "1000000",
        // Chatwoot exempts its own machine from its throttle.
        "CHATWOOT_REQUESTS_PER_MINUTE", "1000000");
  }

  static List<Long> pids(ServiceProcess... processes) {
    return java.util.Arrays.stream(processes).map(ServiceProcess::pid).toList();
  }

  static void require(long found, long wanted, String what) throws SQLException {
    if (found != wanted) {
      throw new IllegalStateException(
          "%d %s are stored, but there are %d".formatted(found, what, wanted));
    }
  }
}
