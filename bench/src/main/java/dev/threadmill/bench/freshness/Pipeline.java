package dev.threadmill.bench.freshness;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gateway, ingest and one worker between a simulated Chatwoot and a simulated provider. */
final class Pipeline implements AutoCloseable {
  private static final String TOKEN = "token-of-the-benchmark-0123456789abcdef";
  private static final String WEBHOOK_SECRET = "secret-of-the-benchmark-0123456789";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final ChatwootSimulator chatwoot;
  private final Connection database;
  private final List<ServiceProcess> services;
  private final URI gateway;
  private final String project;
  private final String source;

  private Pipeline(ChatwootSimulator chatwoot, Connection database, List<ServiceProcess> services)
      throws SQLException {
    this.chatwoot = chatwoot;
    this.database = database;
    this.services = services;
    this.gateway = services.getFirst().address();
    this.project = text("select project_id from project_sources");
    this.source = text("select id from project_sources");
  }

  /** News are told until it is closed. */
  interface News extends AutoCloseable {
    @Override
    void close();
  }

  static Pipeline start(BenchServers servers, ChatwootSimulator chatwoot, OpenAiSimulator provider)
      throws SQLException {
    String jdbcUrl = servers.createDatabase();
    Map<String, String> variables =
        new HashMap<>(
            Map.of(
                "CHATWOOT_BASE_URL",
                chatwoot.baseUrl().toString(),
                "CHATWOOT_API_TOKEN",
                ChatwootSimulator.ADMIN_TOKEN,
                "CHATWOOT_ACCOUNT_ID",
                Long.toString(ChatwootSimulator.ACCOUNT_ID),
                "CHATWOOT_WEBHOOK_SECRET",
                WEBHOOK_SECRET,
                "CHATWOOT_LOOKBACK_DAYS",
                "0",
                "CHATWOOT_CONVERSATIONS_LIMIT",
                "100000",
                "CHATWOOT_PAGES_LIMIT",
                "100000",
                "CHATWOOT_MESSAGES_LIMIT",
                "100000"));
    variables.put("CHATWOOT_REQUESTS_PER_MINUTE", "1000000");
    variables.put("THREADMILL_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    variables.put("API_TOKEN", TOKEN);
    variables.put("OPENAI_API_KEY", OpenAiSettings.KEY);
    variables.put("OPENAI_BASE_URL", provider.baseUrl().toString());
    List<ServiceProcess> services = new ArrayList<>();
    for (String service : List.of("api-gateway", "ingest-service", "embed-worker")) {
      services.add(ServiceProcess.start(servers, service, jdbcUrl, "256m", variables));
    }
    return new Pipeline(chatwoot, servers.connect(jdbcUrl), services);
  }

  Usage usage() {
    return Usage.of(services.stream().map(ServiceProcess::pid).toList());
  }

  /** Returns when the run has ended. */
  void sync() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve("/jobs/chatwoot/sync?wait=60"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("X-Project-Id", project)
            .POST(BodyPublishers.noBody())
            .build();
    JsonNode run = JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    if (!run.path("status").asString().equals("ok")) {
      throw new IllegalStateException("the sync ended so: " + run);
    }
  }

  News byWebhooks() {
    chatwoot.webhooks().sendTo(gateway.resolve("/webhooks/chatwoot/" + source), WEBHOOK_SECRET);
    return chatwoot.webhooks()::stop;
  }

  News byPolls(Duration every) {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    var unused =
        clock.scheduleAtFixedRate(
            () -> {
              try {
                sync();
              } catch (IOException failed) {
                throw new IllegalStateException(failed);
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            },
            0,
            every.toMillis(),
            TimeUnit.MILLISECONDS);
    return clock::shutdownNow;
  }

  void awaitStored(Collection<Long> messages) throws SQLException, InterruptedException {
    String all = messages.stream().map(String::valueOf).collect(Collectors.joining(","));
    awaitNone(
        "select count(*) < %d from cw_messages where message_id in (%s)"
            .formatted(messages.size(), all));
  }

  void awaitVectors() throws SQLException, InterruptedException {
    awaitNone("select exists (select from rag_chunks where embedding_status <> 'ready')");
  }

  /** When the last vector of each message was written, by the message's number in Chatwoot. */
  Map<Long, Instant> found(Collection<Long> messages) throws SQLException {
    Map<Long, Instant> found = new HashMap<>();
    try (var select =
        database.prepareStatement(
            """
            select m.message_id, max(c.last_embedded_at) from cw_messages m
            join rag_chunks c on c.message_global_id = m.global_id
            where m.message_id = any (?) group by 1
            """)) {
      select.setArray(1, database.createArrayOf("bigint", messages.toArray()));
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getLong(1), rows.getTimestamp(2).toInstant());
        }
      }
    }
    return found;
  }

  private void awaitNone(String sql) throws SQLException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (text(sql).equals("t")) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("still so after " + PATIENCE + ": " + sql);
      }
      Thread.sleep(200);
    }
  }

  private String text(String sql) throws SQLException {
    try (var statement = database.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
    services.forEach(ServiceProcess::close);
  }
}
