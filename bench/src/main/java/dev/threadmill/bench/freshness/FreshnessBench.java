package dev.threadmill.bench.freshness;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.story.LargeAccount;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * How long after it appeared in Chatwoot a message is found, at 5 and 50 messages a second, two
 * minutes each: told by webhooks, and by a sync every ten seconds. The end is when the message's
 * last vector is written; the provider takes 200 ms.
 */
public final class FreshnessBench implements Group {
  private static final Duration FOR = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final int CONVERSATIONS = 200;
  private static final int WARM_UP = 1_000;
  private static final int[] PER_SECOND = {5, 50};

  /** The promise of the service: 99 of 100 within five minutes. */
  private static final double PROMISED_MILLIS = 300_000;

  @Override
  public String name() {
    return "freshness";
  }

  /** Four times two minutes, and the starts. */
  @Override
  public boolean onlyByName() {
    return true;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    for (boolean webhooks : new boolean[] {true, false}) {
      try (ChatwootSimulator chatwoot = ChatwootSimulator.start();
          OpenAiSimulator provider = OpenAiSimulator.start()) {
        provider.settings().latency(Duration.ofMillis(200));
        LargeAccount.fill(chatwoot.account(), CONVERSATIONS, WARM_UP, 7);
        try (var pipeline = Pipeline.start(servers, chatwoot, provider)) {
          pipeline.sync();
          pipeline.awaitVectors();
          for (int perSecond : PER_SECOND) {
            measure(chatwoot, pipeline, webhooks, perSecond, report);
          }
        }
      }
    }
  }

  private static void measure(
      ChatwootSimulator chatwoot, Pipeline pipeline, boolean webhooks, int perSecond, Report report)
      throws Exception {
    Map<Long, Instant> appeared = new HashMap<>();
    String how = webhooks ? "by webhook" : "by a sync every %d s".formatted(POLL.toSeconds());
    Usage before = pipeline.usage();
    try (Pipeline.News unused = webhooks ? pipeline.byWebhooks() : pipeline.byPolls(POLL)) {
      report.say("%d messages a second, %s".formatted(perSecond, how));
      write(chatwoot, perSecond, appeared);
      pipeline.awaitStored(appeared.keySet());
      pipeline.awaitVectors();
    }
    Usage usage = pipeline.usage().since(before);
    Map<Long, Instant> found = pipeline.found(appeared.keySet());
    if (found.size() != appeared.size()) {
      throw new IllegalStateException(
          "%d of %d messages are found".formatted(found.size(), appeared.size()));
    }
    double[] millis =
        appeared.entrySet().stream()
            .mapToDouble(
                one -> Duration.between(one.getValue(), found.get(one.getKey())).toNanos() / 1e6)
            .sorted()
            .toArray();
    for (int percent : new int[] {50, 95, 99}) {
      report.cost(
          "found, %d messages/s, %s, p%d".formatted(perSecond, how, percent),
          "ms",
          only(percentile(millis, percent)),
          "promised of 99 in 100",
          only(PROMISED_MILLIS),
          usage);
    }
    report.goal(Goal.FRESHNESS, percentile(millis, 99) / 1000);
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1];
  }

  /** At an even pace, into conversations at random, whatever the pipeline does meanwhile. */
  private static void write(
      ChatwootSimulator chatwoot, int perSecond, Map<Long, Instant> appeared) {
    Random random = new Random(perSecond);
    long[] conversations =
        chatwoot.account().truth().conversations().stream().mapToLong(Conversation::id).toArray();
    long start = System.nanoTime();
    long all = FOR.toSeconds() * perSecond;
    for (int i = 0; i < all; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      long conversation = conversations[random.nextInt(conversations.length)];
      String text =
          "news %d at %d a second: the parcel of order %d has not arrived yet"
              .formatted(i, perSecond, random.nextInt(1_000_000));
      Instant now = Instant.now();
      appeared.put(chatwoot.account().messages().add(NewMessage.incoming(conversation, text)), now);
    }
  }

  private static Samples only(double value) {
    Samples samples = new Samples();
    samples.add(value);
    return samples;
  }
}
