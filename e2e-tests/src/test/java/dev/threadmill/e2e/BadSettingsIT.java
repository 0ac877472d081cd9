package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import dev.threadmill.localstack.testing.UnpackedJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A wrong or missing variable stops a service at start with a message that names it: one of each
 * service, for a start is dear. How values are read is the matter of the tests of {@code Settings}.
 */
class BadSettingsIT {
  @TempDir static Path directory;

  private static final Database DATABASE = TestServers.shared().createDatabase();
  private static final Map<String, String> GOOD =
      Map.of(
          "SPRING_DATASOURCE_URL",
          DATABASE.jdbcUrl(),
          "SPRING_DATASOURCE_USERNAME",
          DATABASE.username(),
          "SPRING_DATASOURCE_PASSWORD",
          DATABASE.password(),
          "SPRING_KAFKA_BOOTSTRAP_SERVERS",
          TestServers.shared().bootstrapServers(),
          "API_TOKEN",
          "0123456789012345678901234567890123456789",
          "EMBEDDING_PROVIDER",
          "local",
          "SERVER_PORT",
          "0",
          "MANAGEMENT_SERVER_PORT",
          "0");

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ingest-service,    SPRING_KAFKA_BOOTSTRAP_SERVERS, localhost
          embed-worker,      EMBEDDING_PROVIDER,             tea-leaves
          scheduler-service, SCHEDULER_TICK_SECONDS,         soon
          api-gateway,       API_TOKEN,                      too-short
          """)
  void a_wrong_variable_stops_the_service_and_is_named(
      String service, String variable, String value) throws Exception {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put(variable, value);

    Ended ended = run(service, environment);

    assertThat(ended.status()).as(ended.output()).isNotZero();
    assertThat(ended.output()).contains("The environment variable " + variable + " ");
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_provider_without_its_key_stops_the_worker_and_is_named() throws Exception {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put("EMBEDDING_PROVIDER", "openai");

    Ended ended = run("embed-worker", environment);

    assertThat(ended.status()).as(ended.output()).isNotZero();
    assertThat(ended.output()).contains("The environment variable OPENAI_API_KEY ");
  }

  @Execution(ExecutionMode.CONCURRENT)
  @Test
  void a_service_that_waits_for_its_database_ends_when_it_is_told_to() throws Exception {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put("SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:1/threadmill");
    Path output = Files.createTempFile(directory, "waiting", ".log");
    Process process = start("scheduler-service", environment, output);
    try {
      await().atMost(Duration.ofSeconds(90)).until(() -> read(output).contains("waiting for it"));

      process.destroy();

      boolean ended = process.waitFor(30, TimeUnit.SECONDS);
      assertThat(ended).as(() -> "it ends, after: " + read(output)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private record Ended(int status, String output) {}

  private static Process start(String service, Map<String, String> environment, Path output)
      throws Exception {
    List<String> command =
        new ArrayList<>(Checkout.java("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", UnpackedJars.shipped(service).toString()));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Ended run(String service, Map<String, String> environment) throws Exception {
    Path output = Files.createTempFile(directory, service, ".log");
    Process process = start(service, environment, output);
    try {
      boolean ended = process.waitFor(90, TimeUnit.SECONDS);
      assertThat(ended).as(() -> "it ends, after: " + read(output)).isTrue();
      return new Ended(process.exitValue(), read(output));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
