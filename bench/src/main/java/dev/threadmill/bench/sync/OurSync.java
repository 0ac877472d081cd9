package dev.threadmill.bench.sync;

import dev.threadmill.bench.Api;
import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** ingest-service and a gateway to ask it through, on a database of their own. */
final class OurSync implements AutoCloseable {
  private static final int MOST_RUNS = 50;

  private final BenchServers servers;
  private final String jdbcUrl;
  private final List<ServiceProcess> processes;
  private final Api api;

  /** One run as its result tells it; milliseconds as the caller saw them. */
  record Run(long requests, double millis, boolean complete) {}

  private OurSync(BenchServers servers, String jdbcUrl, List<ServiceProcess> processes) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    this.processes = processes;
    this.api = new Api(processes.getLast().address());
  }

  static OurSync start(BenchServers servers) throws SQLException {
    String jdbcUrl = servers.createDatabase();
    Map<String, String> environment = new HashMap<>(Api.SECRETS);
    environment.put("OPENAI_API_KEY", "none");
    environment.put("CHATWOOT_LOOKBACK_DAYS", "0");
    environment.put("CHATWOOT_CONVERSATIONS_LIMIT", "1000000");
    environment.put("CHATWOOT_PAGES_LIMIT", "1000000");
    environment.put("CHATWOOT_MESSAGES_LIMIT", "1000000");
    // Chatwoot exempts its own machine from its throttle.
    environment.put("CHATWOOT_REQUESTS_PER_MINUTE", "1000000");
    return new OurSync(
        servers,
        jdbcUrl,
        ServiceProcess.startAll(
            () -> ServiceProcess.start(servers, "ingest-service", jdbcUrl, "256m", environment),
            () -> ServiceProcess.start(servers, "api-gateway", jdbcUrl, "256m", environment)));
  }

  /** A new project for this account. */
  Memory of(ChatwootSimulator chatwoot) throws IOException, InterruptedException {
    return new Memory(api.bind(chatwoot).project());
  }

  /** What ingest-service used. */
  Usage usage() {
    return Usage.of(List.of(processes.getFirst().pid()));
  }

  /** What is kept of one account. */
  final class Memory {
    private final String project;

    private Memory(String project) {
      this.project = project;
    }

    /** The time from the first request to the end of the run that has stored everything. */
    Duration untilComplete() throws IOException, InterruptedException {
      long start = System.nanoTime();
      for (int i = 0; i < MOST_RUNS; i++) {
        if (once().complete()) {
          return Duration.ofNanos(System.nanoTime() - start);
        }
      }
      throw new IllegalStateException("not complete after " + MOST_RUNS + " runs");
    }

    Run once() throws IOException, InterruptedException {
      long start = System.nanoTime();
      JsonNode result = api.sync(project);
      double millis = (System.nanoTime() - start) / 1e6;
      return new Run(
          result.path("requests").asLong(), millis, result.path("complete").asBoolean(false));
    }

    void requireMessages(long wanted) throws SQLException {
      try (var connection = servers.connect(jdbcUrl);
          var count =
              connection.prepareStatement(
                  "select count(*) from cw_messages where project_id = ?::uuid")) {
        count.setString(1, project);
        try (var row = count.executeQuery()) {
          row.next();
          SyncBench.require(row.getLong(1), wanted, "messages");
        }
      }
    }
  }

  @Override
  public void close() {
    processes.forEach(ServiceProcess::close);
  }
}
