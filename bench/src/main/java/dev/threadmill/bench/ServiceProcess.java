package dev.threadmill.bench;

import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.LeashedProcess;
import dev.threadmill.localstack.process.Ports;
import dev.threadmill.localstack.process.ProcessSpec;
import dev.threadmill.localstack.process.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A service's jar as a process, with the heap that its promise names and an ordinary JVM. */
public final class ServiceProcess implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final LeashedProcess process;
  private final int port;

  private ServiceProcess(LeashedProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a service and waits until it is ready.
   *
   * @param heap of the JVM, such as {@code 256m}
   * @param variables besides database, broker and ports
   */
  public static ServiceProcess start(
      BenchServers servers,
      String service,
      String jdbcUrl,
      String heap,
      Map<String, String> variables) {
    int port = Ports.free();
    int management = Ports.free();
    Map<String, String> environment = new HashMap<>();
    environment.put("SPRING_DATASOURCE_URL", jdbcUrl);
    environment.put("SPRING_DATASOURCE_USERNAME", servers.user());
    environment.put("SPRING_DATASOURCE_PASSWORD", servers.password());
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", servers.bootstrapServers());
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("SERVER_PORT", Integer.toString(port));
    environment.put("MANAGEMENT_SERVER_ADDRESS", "127.0.0.1");
    environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(management));
    environment.put("MALLOC_ARENA_MAX", "2");
    environment.putAll(variables);
    Path root = servers.checkout().root();
    List<String> command =
        new ArrayList<>(
            Checkout.java("-Xmx" + heap, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-jar", root.resolve(service + "/target/" + service + ".jar").toString()));
    Path log = servers.folder().resolve(service + "-" + port + ".log");
    var process =
        LeashedProcess.start(
            servers.checkout(), ProcessSpec.of(service, command, environment, log));
    URI readiness =
        URI.create("http://127.0.0.1:%d/actuator/health/readiness".formatted(management));
    try {
      Waiting.until(process, Duration.ofMinutes(3), () -> answers(readiness));
    } catch (RuntimeException notReady) {
      process.close();
      throw notReady;
    }
    return new ServiceProcess(process, port);
  }

  /** Several at the same time, in this order, or none. */
  @SafeVarargs
  public static List<ServiceProcess> startAll(Supplier<ServiceProcess>... starts) {
    List<CompletableFuture<ServiceProcess>> starting =
        Stream.of(starts).map(CompletableFuture::supplyAsync).toList();
    try {
      return starting.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException failed) {
      for (CompletableFuture<ServiceProcess> one : starting) {
        one.handle(
                (process, failure) -> {
                  if (process != null) {
                    process.close();
                  }
                  return process;
                })
            .join();
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  public long pid() {
    return process.pid();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private static boolean answers(URI readiness) {
    try {
      return HTTP.send(
                  HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(5)).build(),
                  BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
