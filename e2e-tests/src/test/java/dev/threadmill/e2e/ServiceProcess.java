package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.testing.UnpackedJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One jar as a process, which can be killed and frozen. */
record ServiceProcess(Process process, Path log, String url) implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /** Starts it and waits until it is ready. */
  static ServiceProcess start(String service, Map<String, String> environment, Path directory) {
    try {
      List<String> command = UnpackedJars.command(service, "-Xmx192m");
      Path log = Files.createTempFile(directory, service, ".log");
      var builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      String port = Integer.toString(freePort());
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.environment().put("SERVER_ADDRESS", "127.0.0.1");
      builder.environment().put("SERVER_PORT", port);
      builder.environment().put("MANAGEMENT_SERVER_PORT", port);
      var started = new ServiceProcess(builder.start(), log, "http://127.0.0.1:" + port);
      started.awaitReady(URI.create(started.url + "/actuator/health/liveness"));
      return started;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void awaitReady(URI health) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              assertThat(process.isAlive()).as(this::text).isTrue();
              return answers(health);
            });
  }

  private static boolean answers(URI health) throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(2)).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  long pid() {
    return process.pid();
  }

  String text() {
    try {
      return Files.readString(log);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** SIGKILL: it gets no chance to say anything. */
  void kill() {
    process.destroyForcibly();
    await().until(() -> !process.isAlive());
  }

  /** SIGTERM; returns when it has stopped by itself. */
  void terminate() {
    process.destroy();
    await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive());
  }

  /** SIGSTOP: it stands still and knows nothing of it. */
  void freeze() {
    signal("-STOP");
  }

  /** SIGCONT. */
  void wake() {
    signal("-CONT");
  }

  private void signal(String name) {
    try {
      int status = new ProcessBuilder("kill", name, Long.toString(pid())).start().waitFor();
      assertThat(status).isZero();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
