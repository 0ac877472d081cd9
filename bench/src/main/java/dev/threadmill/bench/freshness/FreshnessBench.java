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
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

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

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (OpenAiSimulator provider = OpenAiSimulator.start();
        var pipeline = Pipeline.start(servers, provider);
        var all = Executors.newCachedThreadPool()) {
      provider.settings().latency(Duration.ofMillis(200));
      List<Account> accounts = new ArrayList<>();
      try {
        for (int perSecond : PER_SECOND) {
          for (boolean webhooks : new boolean[] {true, false}) {
            accounts.add(Account.of(pipeline, perSecond, webhooks));
          }
        }
        Usage before = pipeline.usage();
        List<Callable<double[]>> measured =
            accounts.stream().<Callable<double[]>>map(one -> one::measure).toList();
        List<Future<double[]>> millis = all.invokeAll(measured);
        Usage usage = pipeline.usage().since(before);
        for (int i = 0; i < accounts.size(); i++) {
          accounts.get(i).tell(millis.get(i).get(), usage, report);
        }
      } finally {
        for (Account one : accounts) {
          one.close();
        }
      }
    }
  }

  /** A Chatwoot in which messages are written, and what tells of them. */
  private record Account(ChatwootSimulator chatwoot, Memory memory, int perSecond, boolean webhooks)
      implements AutoCloseable {
    static Account of(Pipeline pipeline, int perSecond, boolean webhooks) throws Exception {
      ChatwootSimulator chatwoot = ChatwootSimulator.start();
      LargeAccount.fill(chatwoot.account(), CONVERSATIONS, WARM_UP, 7);
      Memory memory = pipeline.of(chatwoot);
      memory.sync();
      memory.awaitVectors();
      return new Account(chatwoot, memory, perSecond, webhooks);
    }

    /** Milliseconds from each message's appearance until it was found, in ascending order. */
    double[] measure() throws Exception {
      Map<Long, Instant> appeared = new HashMap<>();
      try (Memory.News unused = webhooks ? memory.byWebhooks() : memory.byPolls(POLL)) {
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

    /**
     * @param usage of the pipeline, for all accounts together
     */
    void tell(double[] millis, Usage usage, Report report) {
      String how = webhooks ? "by webhook" : "by a sync every %d s".formatted(POLL.toSeconds());
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

    @Override
    public void close() throws SQLException {
      memory.close();
      chatwoot.close();
    }
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
