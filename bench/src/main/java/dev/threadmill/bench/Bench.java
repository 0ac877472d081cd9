package dev.threadmill.bench;

import dev.threadmill.bench.embedding.EmbeddingBench;
import dev.threadmill.bench.freshness.FreshnessBench;
import dev.threadmill.bench.gateway.SearchBench;
import dev.threadmill.bench.gateway.StatusBench;
import dev.threadmill.bench.insight.InsightBench;
import dev.threadmill.bench.micro.MicroBench;
import dev.threadmill.bench.scheduling.SchedulingBench;
import dev.threadmill.bench.signals.SignalsBench;
import dev.threadmill.bench.sync.MillionMessages;
import dev.threadmill.bench.sync.SyncBench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** {@code make bench [ONLY=group,group]}; {@code insight} is each group {@code insight-…}. */
public final class Bench {
  private static final List<Group> GROUPS =
      Stream.concat(
              Stream.of(
                  new MicroBench(),
                  new SyncBench(),
                  new MillionMessages(),
                  new EmbeddingBench(),
                  new FreshnessBench(),
                  new SchedulingBench(),
                  StatusBench.ofAMillion(),
                  StatusBench.ofTenMillions(),
                  SearchBench.asByDefault(),
                  SearchBench.withIndexes(),
                  new SignalsBench()),
              InsightBench.ofEachJob().stream())
          .toList();

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    boolean all = arguments.length == 0 || arguments[0].isBlank();
    List<String> wanted =
        all
            ? GROUPS.stream().filter(group -> !group.onlyByName()).map(Group::name).toList()
            : Arrays.asList(arguments[0].split("[, ]+", -1));
    for (String name : wanted) {
      if (GROUPS.stream().noneMatch(group -> is(group, name))) {
        System.err.println(
            "there is no group '"
                + name
                + "'; there are "
                + GROUPS.stream().map(Group::name).toList());
        System.exit(2);
      }
    }
    boolean failed;
    try (BenchServers servers = BenchServers.start()) {
      var report = new Report(servers.versions());
      for (Group group : GROUPS) {
        if (wanted.stream().anyMatch(name -> is(group, name))) {
          run(group, servers, report);
        }
      }
      report.print();
      // A part's figures do not take the place of all.
      String part = all ? "" : "-" + String.join("-", wanted);
      Path file = Path.of("bench", "target", "bench" + part + ".json");
      report.write(Path.of(System.getProperty("threadmill.root", "")).resolve(file));
      report.say("as JSON: " + file);
      failed = report.failed();
    }
    System.exit(failed ? 1 : 0);
  }

  private static boolean is(Group group, String name) {
    return group.name().equals(name) || group.name().startsWith(name + "-");
  }

  private static void run(Group group, BenchServers servers, Report report) {
    report.say("== " + group.name());
    long start = System.nanoTime();
    try {
      group.run(servers, report);
    } catch (Exception | LinkageError | OutOfMemoryError failed) {
      if (failed instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      report.failed(group.name(), failed);
    }
    report.took(group.name(), Duration.ofNanos(System.nanoTime() - start));
  }
}
