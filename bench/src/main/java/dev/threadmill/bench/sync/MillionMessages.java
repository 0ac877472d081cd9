package dev.threadmill.bench.sync;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.story.LargeAccount;

/**
 * A first sync of a million messages with a heap of 256 MB, beside one of 20,000: neither memory
 * nor the rate may depend on the size. Takes minutes, so it runs only when it is named.
 */
public final class MillionMessages implements Group {
  @Override
  public String name() {
    return "million";
  }

  @Override
  public boolean onlyByName() {
    return true;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    Samples small = rate(servers, report, 20_000);
    Samples large = rate(servers, report, 1_000_000);
    report.rate(
        "first sync, 1,000,000 messages, heap 256 MB",
        "messages/s",
        large,
        "20,000 messages",
        small,
        Usage.UNKNOWN);
  }

  private static Samples rate(BenchServers servers, Report report, int messages) throws Exception {
    Samples rate = new Samples();
    try (ChatwootSimulator chatwoot = ChatwootSimulator.start()) {
      LargeAccount.fill(chatwoot.account(), messages / 22, messages, 7);
      try (OurSync sync = OurSync.start(servers)) {
        OurSync.Memory memory = sync.of(chatwoot);
        rate.add(messages / SyncBench.seconds(memory.untilComplete()));
        memory.requireMessages(messages);
        report.say("%,d messages: %s".formatted(messages, sync.usage()));
      }
    }
    return rate;
  }
}
