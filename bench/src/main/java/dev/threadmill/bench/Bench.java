package dev.threadmill.bench;

import dev.threadmill.bench.embedding.EmbeddingBench;
import dev.threadmill.bench.freshness.FreshnessBench;
import dev.threadmill.bench.gateway.SearchBench;
import dev.threadmill.bench.gateway.StatusBench;
import dev.threadmill.bench.insight.InsightBench;
import dev.threadmill.bench.scheduling.SchedulingBench;
import dev.threadmill.bench.signals.SignalsBench;
import dev.threadmill.bench.sync.MillionMessages;
import dev.threadmill.bench.sync.SyncBench;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code make bench [ONLY=group,group]}. */
public final class Bench {
  private static final List<Group> GROUPS =
      List.of(
          new SyncBench(),
          new MillionMessages(),
          new EmbeddingBench(),
          new FreshnessBench(),
          new SchedulingBench(),
          StatusBench.ofAMillion(),
          StatusBench.ofTenMillions(),
          new SearchBench(),
          new SignalsBench(),
          new InsightBench());

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    List<String> wanted =
        arguments.length == 0 || arguments[0].isBlank()
            ? GROUPS.stream().filter(group -> !group.onlyByName()).map(Group::name).toList()
            : Arrays.asList(arguments[0].split("[, ]+", -1));
    for (String name : wanted) {
      if (GROUPS.stream().noneMatch(group -> group.name().equals(name))) {
        System.err.println(
            "there is no group '"
                + name
                + "'; there are "
                + GROUPS.stream().map(Group::name).toList());
        System.exit(2);
      }
    }
    var report = new Report();
    try (BenchServers servers = BenchServers.start()) {
      for (Group group : GROUPS) {
        if (wanted.contains(group.name())) {
          report.say("== " + group.name());
          group.run(servers, report);
        }
      }
    }
    report.print();
    Path file = Path.of(System.getProperty("threadmill.root", ""), "bench/target/bench.json");
    report.write(file);
    report.say("as JSON: bench/target/bench.json");
    System.exit(0);
  }
}
