package dev.threadmill.bench.gateway;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.bench.gateway.Rows.Chunk;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * {@code GET /jobs/status} of 100 projects that have so many chunks together, beside the same with
 * 10,000 and with ten times as many: the goal is a 95th percentile under 30 ms at 10 million. Then
 * 500 requests a second for a minute, none of which may fail.
 */
public final class StatusBench implements Group {
  private static final int PROJECTS = 100;
  private static final int CONVERSATIONS = 100;
  private static final int ROUNDS = 3;
  private static final int CALLS = 300;
  private static final int A_SECOND = 500;
  private static final int SECONDS = 60;
  private static final int SMALL = 10_000;

  private final String name;
  private final int chunks;
  private final boolean onlyByName;
  private final Goal time;
  private final Goal pace;

  private StatusBench(String name, int chunks, boolean onlyByName, Goal time, Goal pace) {
    this.name = name;
    this.chunks = chunks;
    this.onlyByName = onlyByName;
    this.time = time;
    this.pace = pace;
  }

  public static StatusBench ofAMillion() {
    return new StatusBench("status", 1_000_000, false, Goal.STATUS, Goal.STATUS_PACE);
  }

  /** Filling the tables takes a quarter of an hour. */
  public static StatusBench ofTenMillions() {
    return new StatusBench("status10m", 10_000_000, true, Goal.STATUS_10M, Goal.STATUS_PACE_10M);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean onlyByName() {
    return onlyByName;
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    Samples small;
    try (Gateway gateway = Gateway.start(servers, null)) {
      small = measure(gateway, fill(gateway, SMALL), SMALL);
    }
    try (Gateway gateway = Gateway.start(servers, null)) {
      int more = 10 * SMALL;
      tell(report, more, measure(gateway, fill(gateway, more), more), small);
    }
    try (Gateway gateway = Gateway.start(servers, null)) {
      List<UUID> projects = fill(gateway, chunks);
      report.say("%,d chunks are there".formatted(chunks));
      Samples large = measure(gateway, projects, chunks);
      tell(report, chunks, large, small);
      report.goal(time, large.median());
      Usage before = gateway.usage();
      Samples answered = new Samples();
      Flood.Outcome flood = flood(gateway, projects, report);
      answered.add(flood.answered());
      report.goal(pace, flood.failed() == 0 ? flood.answered() : 0);
      Samples asked = new Samples();
      asked.add(A_SECOND);
      report.rate(
          "status, %,d requests in a minute, %,d failed"
              .formatted(A_SECOND * SECONDS, flood.failed()),
          "answers/s",
          answered,
          "asked a second",
          asked,
          gateway.usage().since(before));
    }
  }

  private static void tell(Report report, int chunks, Samples large, Samples small) {
    report.cost(
        "status of %,d chunks, p95".formatted(chunks),
        "ms",
        large,
        "of %,d chunks".formatted(SMALL),
        small,
        Usage.UNKNOWN);
  }

  /** A tenth of all in one project, the rest evenly in the others. */
  private static List<UUID> fill(Gateway gateway, int chunks) throws Exception {
    Rows rows = gateway.rows();
    List<UUID> projects = rows.projects(PROJECTS, CONVERSATIONS);
    int others = (chunks - chunks / 10) / (projects.size() - 1);
    int left = chunks;
    for (UUID project : projects.subList(1, projects.size())) {
      rows.messages(
          project,
          1,
          1 + others,
          CONVERSATIONS,
          "'message ' || n || ' of ' || p",
          Chunk.MOSTLY_READY);
      left -= others;
    }
    rows.messages(
        projects.getFirst(), 1, 1 + left, CONVERSATIONS, "'message ' || n", Chunk.MOSTLY_READY);
    rows.fold();
    return projects;
  }

  private static Samples measure(Gateway gateway, List<UUID> projects, int chunks)
      throws Exception {
    require(gateway, projects, chunks);
    Percentiles.p95(CALLS, i -> gateway.status(projects.get(i % projects.size())));
    return Percentiles.p95(ROUNDS, CALLS, i -> gateway.status(projects.get(i % projects.size())));
  }

  /** Exact counts, those of all projects together and those that wait in the largest. */
  private static void require(Gateway gateway, List<UUID> projects, int chunks) throws Exception {
    long counted = 0;
    for (UUID project : projects) {
      counted += gateway.status(project).path("entities").path("rag_chunks").longValue();
    }
    JsonNode largest = gateway.status(projects.getFirst()).path("rag_counts");
    long pending =
        gateway
            .rows()
            .count(
                "select count(*) from rag_chunks where embedding_status = 'pending' and project_id = '%s'"
                    .formatted(projects.getFirst()));
    if (counted != chunks || largest.path("pending").longValue() != pending) {
      throw new IllegalStateException(
          "%d of %d chunks, %s where %d are pending".formatted(counted, chunks, largest, pending));
    }
  }

  /** Asks at the given pace, whatever the answers do. */
  private static Flood.Outcome flood(Gateway gateway, List<UUID> projects, Report report)
      throws Exception {
    Flood.Outcome flood =
        Flood.at(
            A_SECOND,
            SECONDS,
            i -> {
              int status = gateway.askStatus(projects.get(i % projects.size()));
              if (status != 200) {
                throw new IllegalStateException("HTTP " + status);
              }
            });
    report.say(
        "%.1f answers a second, half of them within %.1f ms, 95 of 100 within %.1f ms, 99 within %.1f ms; %d failed"
            .formatted(
                flood.answered(),
                flood.within(0.5),
                flood.within(0.95),
                flood.within(0.99),
                flood.failed()));
    return flood;
  }
}
