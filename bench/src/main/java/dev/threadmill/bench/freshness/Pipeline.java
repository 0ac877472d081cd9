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
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gateway, ingest and one worker between simulated Chatwoots and a simulated provider. */
final class Pipeline implements AutoCloseable {
  private static final String TOKEN = "token-of-the-benchmark-0123456789abcdef";
  private static final String WEBHOOK_SECRET = "secret-of-the-benchmark-0123456789";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final BenchServers servers;
  private final String jdbcUrl;
  private final List<ServiceProcess> services;

  private Pipeline(BenchServers servers, String jdbcUrl, List<ServiceProcess> services) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    this.services = services;
  }

  static Pipeline start(BenchServers servers, OpenAiSimulator provider) throws SQLException {
    String jdbcUrl = servers.createDatabase();
    Map<String, String> variables =
        new HashMap<>(
            Map.of(
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
    return new Pipeline(servers, jdbcUrl, services);
  }

  Usage usage() {
    return Usage.of(services.stream().map(ServiceProcess::pid).toList());
  }

  /** A project of its own for what is written in this Chatwoot. */
  Memory of(ChatwootSimulator chatwoot) throws IOException, InterruptedException, SQLException {
    String project =
        call("/projects", null, Map.of("name", chatwoot.baseUrl().toString()))
            .path("id")
            .asString();
    String source =
        call(
                "/projects/" + project + "/sources",
                null,
                Map.of(
                    "base_url",
                    chatwoot.baseUrl().toString(),
                    "account_id",
                    ChatwootSimulator.ACCOUNT_ID,
                    "api_token",
                    ChatwootSimulator.ADMIN_TOKEN,
                    "webhook_secret",
                    WEBHOOK_SECRET))
            .path("source")
            .path("id")
            .asString();
    return new Memory(this, servers.connect(jdbcUrl), chatwoot, project, source);
  }

  void webhooksTo(String source, ChatwootSimulator chatwoot) {
    chatwoot.webhooks().sendTo(gateway().resolve("/webhooks/chatwoot/" + source), WEBHOOK_SECRET);
  }

  /** Returns when the run has ended. */
  void sync(String project) throws IOException, InterruptedException {
    JsonNode run = call("/jobs/chatwoot/sync?wait=60", project, Map.of());
    if (!run.path("status").asString().equals("ok")) {
      throw new IllegalStateException("the sync ended so: " + run);
    }
  }

  private JsonNode call(String path, @Nullable String project, Map<String, ?> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway().resolve(path))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (project != null) {
      request.header("X-Project-Id", project);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() >= 400) {
      throw new IllegalStateException(path + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  private URI gateway() {
    return services.getFirst().address();
  }

  @Override
  public void close() {
    services.forEach(ServiceProcess::close);
  }
}
