package dev.threadmill.bench.freshness;

import dev.threadmill.bench.Api;
import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gateway, ingest and one worker between simulated Chatwoots and a simulated provider. */
final class Pipeline implements AutoCloseable {
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
    Map<String, String> variables = new HashMap<>(Api.SECRETS);
    variables.put("CHATWOOT_LOOKBACK_DAYS", "0");
    variables.put("CHATWOOT_CONVERSATIONS_LIMIT", "100000");
    variables.put("CHATWOOT_PAGES_LIMIT", "100000");
    variables.put("CHATWOOT_MESSAGES_LIMIT", "100000");
    variables.put("CHATWOOT_REQUESTS_PER_MINUTE", "1000000");
    variables.put("OPENAI_API_KEY", OpenAiSettings.KEY);
    variables.put("OPENAI_BASE_URL", provider.baseUrl().toString());
    List<ServiceProcess> services =
        ServiceProcess.startAll(
            () -> ServiceProcess.start(servers, "api-gateway", jdbcUrl, "256m", variables),
            () -> ServiceProcess.start(servers, "ingest-service", jdbcUrl, "256m", variables),
            () -> ServiceProcess.start(servers, "embed-worker", jdbcUrl, "256m", variables));
    return new Pipeline(servers, jdbcUrl, services);
  }

  Usage usage() {
    return Usage.of(services.stream().map(ServiceProcess::pid).toList());
  }

  /** A project of its own for what is written in this Chatwoot. */
  Memory of(ChatwootSimulator chatwoot) throws IOException, InterruptedException, SQLException {
    return new Memory(this, servers.connect(jdbcUrl), chatwoot, api().bind(chatwoot));
  }

  void webhooksTo(String source, ChatwootSimulator chatwoot) {
    chatwoot
        .webhooks()
        .sendTo(gateway().resolve("/webhooks/chatwoot/" + source), Api.WEBHOOK_SECRET);
  }

  Api api() {
    return new Api(gateway());
  }

  private URI gateway() {
    return services.getFirst().address();
  }

  @Override
  public void close() {
    services.forEach(ServiceProcess::close);
  }
}
