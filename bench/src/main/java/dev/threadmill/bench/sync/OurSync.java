package dev.threadmill.bench.sync;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** ingest-service and a gateway to ask it through, on a database of their own. */
final class OurSync implements AutoCloseable {
  private static final String TOKEN = "token-of-the-benchmark-0123456789abcdef";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_RUNS = 50;

  private final HttpClient http = HttpClient.newHttpClient();
  private final BenchServers servers;
  private final String jdbcUrl;
  private final ServiceProcess ingest;
  private final ServiceProcess gateway;
  private final String project;

  /** One run as its result tells it; milliseconds as the caller saw them. */
  record Run(long requests, double millis, boolean complete) {}

  private OurSync(
      BenchServers servers,
      String jdbcUrl,
      ServiceProcess ingest,
      ServiceProcess gateway,
      String project) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    this.ingest = ingest;
    this.gateway = gateway;
    this.project = project;
  }

  static OurSync start(BenchServers servers, ChatwootSimulator chatwoot) throws SQLException {
    String jdbcUrl = servers.createDatabase();
    // At the same time: in each round both start anew, and half of it is waiting.
    CompletableFuture<ServiceProcess> starting =
        CompletableFuture.supplyAsync(
            () ->
                ServiceProcess.start(
                    servers, "ingest-service", jdbcUrl, "256m", SyncBench.environment(chatwoot)));
    ServiceProcess gateway =
        ServiceProcess.start(
            servers,
            "api-gateway",
            jdbcUrl,
            "256m",
            Map.of("API_TOKEN", TOKEN, "OPENAI_API_KEY", "none"));
    ServiceProcess ingest = starting.join();
    try (var connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement();
        var row = statement.executeQuery("select id from projects")) {
      row.next();
      return new OurSync(servers, jdbcUrl, ingest, gateway, row.getString(1));
    }
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
    JsonNode run = call("POST", "/jobs/chatwoot/sync?wait=60");
    while (run.path("status").asString().matches("queued|running")) {
      Thread.sleep(100);
      run = call("GET", "/jobs/runs/" + run.path("run_id").asString());
    }
    double millis = (System.nanoTime() - start) / 1e6;
    if (!run.path("status").asString().equals("ok")) {
      throw new IllegalStateException("the sync ended so: " + run);
    }
    JsonNode result = run.path("result");
    return new Run(
        result.path("requests").asLong(), millis, result.path("complete").asBoolean(false));
  }

  Usage usage() {
    return Usage.of(SyncBench.pids(ingest));
  }

  void requireMessages(long wanted) throws SQLException {
    try (var connection = servers.connect(jdbcUrl);
        var statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from cw_messages")) {
      row.next();
      SyncBench.require(row.getLong(1), wanted, "messages");
    }
  }

  private JsonNode call(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.address().resolve(path))
            .header("Authorization", "Bearer " + TOKEN)
            .header("X-Project-Id", project)
            .method(method, BodyPublishers.noBody())
            .build();
    return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    gateway.close();
    ingest.close();
  }
}
