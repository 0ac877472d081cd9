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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * How long after it appeared in Chatwoot a message is found, at 5 and 50 messages a second, two
 * minutes each: told by webhooks, and by a sync every ten seconds, both at the same time through
 * one pipeline, which has twice as many to do. The end is when the message's last vector is
 * written; the provider takes 200 ms.
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

  /** Twice two minutes, and the starts. */
  @Override
  public boolean onlyByName() {
    return true;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (OpenAiSimulator provider = OpenAiSimulator.start();
        var hooked = account();
        var polled = account();
        var pipeline = Pipeline.start(servers, provider);
        var ofHooked = pipeline.of(hooked);
        var ofPolled = pipeline.of(polled);
        var both = Executors.newFixedThreadPool(2)) {
      provider.settings().latency(Duration.ofMillis(200));
      for (Memory memory : List.of(ofHooked, ofPolled)) {
        memory.sync();
        memory.awaitVectors();
      }
      for (int perSecond : PER_SECOND) {
        report.say("%d messages a second in each of two accounts".formatted(perSecond));
        Usage before = pipeline.usage();
        Callable<double[]> byWebhooks =
            () -> measure(hooked, ofHooked, ofHooked::byWebhooks, perSecond);
        Callable<double[]> byPolls =
            () -> measure(polled, ofPolled, () -> ofPolled.byPolls(POLL), perSecond);
        List<Future<double[]>> millis = both.invokeAll(List.of(byWebhooks, byPolls));
        Usage usage = pipeline.usage().since(before);
        tell("by webhook", perSecond, millis.getFirst().get(), usage, report);
        String polls = "by a sync every %d s".formatted(POLL.toSeconds());
        tell(polls, perSecond, millis.getLast().get(), usage, report);
      }
    }
  }

  private static ChatwootSimulator account() {
    ChatwootSimulator chatwoot = ChatwootSimulator.start();
    LargeAccount.fill(chatwoot.account(), CONVERSATIONS, WARM_UP, 7);
    return chatwoot;
  }

  /** Milliseconds from each message's appearance until it was found, in ascending order. */
  private static double[] measure(
      ChatwootSimulator chatwoot, Memory memory, Supplier<Memory.News> told, int perSecond)
      throws Exception {
    Map<Long, Instant> appeared = new HashMap<>();
    try (Memory.News unused = told.get()) {
      write(chatwoot, perSecond, appeared);
      memory.awaitStored(appeared.keySet());
      memory.awaitVectors();
    }
    Map<Long, Instant> found = memory.found(appeared.keySet());
    if (found.size() != appeared.size()) {
      throw new IllegalStateException(
          "%d of %d messages are found".formatted(found.size(), appeared.size()));
    }
    return appeared.entrySet().stream()
        .mapToDouble(
            one -> Duration.between(one.getValue(), found.get(one.getKey())).toNanos() / 1e6)
        .sorted()
        .toArray();
  }

  private static void tell(String how, int perSecond, double[] millis, Usage usage, Report report) {
    String found = "found, %d messages/s, %s, p%d";
    for (int percent : new int[] {50, 95}) {
      report.value(
          found.formatted(perSecond, how, percent), "ms", only(percentile(millis, percent)));
    }
    report.cost(
        found.formatted(perSecond, how, 99),
        "ms",
        only(percentile(millis, 99)),
        "promised",
        only(PROMISED_MILLIS),
        usage);
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
