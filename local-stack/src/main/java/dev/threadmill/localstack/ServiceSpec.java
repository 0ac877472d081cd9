package dev.threadmill.localstack;

import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.LeashedProcess;
import dev.threadmill.localstack.process.ProcessSpec;
import dev.threadmill.localstack.process.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that answers over HTTP when it is ready.
 *
 * @param readiness address that answers 200 when the program can work
 */
record ServiceSpec(
    String name, List<String> command, Map<String, String> environment, URI readiness) {

  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /** The same with these variables, over its own. */
  ServiceSpec with(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(variables);
    return new ServiceSpec(name, command, all, readiness);
  }

  /** Starts it and waits until it is ready. */
  LeashedProcess start(Checkout checkout, Path logs) {
    var process =
        LeashedProcess.start(
            checkout,
            new ProcessSpec(
                name, command, environment, logs.resolve(name + ".log"), "TERM", GRACE));
    try (HttpClient client = HttpClient.newHttpClient()) {
      Waiting.until(process, START_LIMIT, () -> isReady(client));
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
    return process;
  }

  private boolean isReady(HttpClient client) {
    HttpRequest request = HttpRequest.newBuilder(readiness).timeout(ANSWER_LIMIT).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
