package dev.threadmill.e2e;

import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus, where Debian's package is installed, that scrapes a stack each second. */
record PrometheusServer(Process process, String url, HttpClient http) implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A program of this name on the path. */
  static Optional<Path> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static PrometheusServer start(Path program, List<String> managementUrls, Path directory) {
    try {
      Files.createDirectories(directory);
      Path settings = directory.resolve("prometheus.yml");
      Files.writeString(
          settings,
          """
          global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 2s }
          rule_files: ["%s"]
          scrape_configs:
            - job_name: threadmill
              metrics_path: /actuator/prometheus
              static_configs: [{ targets: [%s] }]
          """
              .formatted(
                  MonitoringFiles.ALERTS,
                  managementUrls.stream()
                      .map(url -> "\"" + url.replace("http://", "") + "\"")
                      .collect(Collectors.joining(", "))));
      int port = Ports.free();
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--config.file=" + settings,
                  "--storage.tsdb.path=" + directory.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("prometheus.log").toFile())
              .start();
      return new PrometheusServer(process, "http://127.0.0.1:" + port, HttpClient.newHttpClient());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Until so many targets were scraped at least three times, and the rules were evaluated. */
  void awaitScraped(int targets) {
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .until(
            () ->
                query("count(count_over_time(threadmill_kafka_up[1m]) >= 3)")
                        .path("data")
                        .path("result")
                        .path(0)
                        .path("value")
                        .path(1)
                        .asInt(0)
                    == targets);
  }

  /** Prometheus' own answer: status, data, error. */
  JsonNode query(String expression) {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    url
                        + "/api/v1/query?query="
                        + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
            .timeout(Duration.ofSeconds(20))
            .build();
    try {
      return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    http.close();
  }
}
