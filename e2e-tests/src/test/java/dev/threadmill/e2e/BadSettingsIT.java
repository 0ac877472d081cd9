package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.process.Checkout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong or missing variable stops a service at start with a message that names it. */
class BadSettingsIT {
  private static final Map<String, String> GOOD =
      Map.of(
          "SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:1/threadmill",
          "SPRING_DATASOURCE_USERNAME", "threadmill",
          "SPRING_DATASOURCE_PASSWORD", "threadmill",
          "SPRING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
          "API_TOKEN", "0123456789012345678901234567890123456789",
          "EMBEDDING_PROVIDER", "local",
          "SERVER_PORT", "0",
          "MANAGEMENT_SERVER_PORT", "0");

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ingest-service,    SPRING_DATASOURCE_URL,          ''
          ingest-service,    CHUNK_SIZE,                     many
          ingest-service,    CHATWOOT_BASE_URL,              not-an-address
          embed-worker,      SPRING_KAFKA_BOOTSTRAP_SERVERS, ''
          embed-worker,      EMBED_BATCH_SIZE,               0
          embed-worker,      EMBEDDING_PROVIDER,             tea-leaves
          scheduler-service, SCHEDULER_TICK_SECONDS,         soon
          api-gateway,       STORAGE_BUDGET_GB,              -1
          """)
  void a_wrong_variable_stops_the_service_and_is_named(
      String service, String variable, String value) throws Exception {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put(variable, value);

    Ended ended = run(service, environment);

    assertThat(ended.status()).as(ended.output()).isNotZero();
    assertThat(ended.output()).contains("The environment variable " + variable + " ");
  }

  private record Ended(int status, String output) {}

  private static Ended run(String service, Map<String, String> environment) throws Exception {
    Path jar = Path.of(System.getProperty("threadmill.root"), service, "target", service + ".jar");
    List<String> command =
        new java.util.ArrayList<>(Checkout.java("-Xmx384m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", jar.toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
      return new Ended(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}
