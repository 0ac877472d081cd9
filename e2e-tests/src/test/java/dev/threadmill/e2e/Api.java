package dev.threadmill.e2e;

import dev.threadmill.localstack.RunningStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A user of the gateway, and a person at the simulated Chatwoot. */
public record Api(RunningStack stack, String token) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  static final JsonMapper JSON = JsonMapper.builder().build();

  public Api(RunningStack stack) {
    this(stack, stack.apiToken());
  }

  /** The same user with another token. */
  Api with(String other) {
    return new Api(stack, other);
  }

  public record Answer(int status, JsonNode body) {}

  public Answer get(String path) {
    return call("GET", stack.url() + path, null);
  }

  public Answer post(String path) {
    return call("POST", stack.url() + path, null);
  }

  /** As a part of somebody's trace. */
  Answer postTraced(String path, Map<String, ?> body, String traceparent) {
    return call("POST", stack.url() + path, body, "traceparent", traceparent);
  }

  public Answer post(String path, Map<String, ?> body) {
    return call("POST", stack.url() + path, body);
  }

  Answer change(String method, String path, Map<String, ?> body) {
    return call(method, stack.url() + path, body);
  }

  /** A customer writes in a conversation of their own; answers the message's id. */
  public JsonNode customerWrites(String text) {
    return call("POST", stack.simulatorUrl() + "/simulator/messages", Map.of("content", text))
        .body();
  }

  /** Something happens in the simulated Chatwoot. */
  void simulate(String method, String what, Map<String, ?> body) {
    Answer answer = call(method, stack.simulatorUrl() + "/simulator/" + what, body);
    if (answer.status() >= 300) {
      throw new AssertionError(what + ": " + answer);
    }
  }

  /** What Chatwoot's own interface shows of a conversation, the latest messages. */
  JsonNode messages(long conversation) {
    return call(
            "GET",
            stack.simulatorUrl() + "/api/v1/accounts/1/conversations/" + conversation + "/messages",
            null)
        .body()
        .path("payload");
  }

  /** Runs a job to its end, which must be a good one. */
  JsonNode run(String job) {
    JsonNode finished = finished(post("/jobs/scheduler/" + job + "/run?wait=60").body());
    if (!finished.path("status").asString().equals("ok")) {
      throw new AssertionError(job + ": " + finished);
    }
    return finished.path("result");
  }

  /** Syncs until a run says that it left nothing. */
  public JsonNode syncToTheEnd() {
    for (int run = 0; run < 60; run++) {
      JsonNode finished = finished(post("/jobs/chatwoot/sync?wait=60").body());
      if (!finished.path("status").asString().equals("ok")
          || finished.path("result").path("complete").asBoolean()) {
        return finished;
      }
    }
    throw new AssertionError("the sync is never complete");
  }

  /** The run that an answer names, once it is finished. */
  public JsonNode finished(JsonNode run) {
    String id = run.path("run_id").asString();
    return org.awaitility.Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> get("/jobs/runs/" + id).body(),
            found -> !found.path("finished_at").isNull() && found.has("finished_at"));
  }

  private Answer call(String method, String address, Map<String, ?> body, String... moreHeaders) {
    var builder =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(Duration.ofSeconds(90))
            .header("Authorization", "Bearer " + token)
            .header("X-Project-Id", stack.projectId())
            .header("Api-Access-Token", "simulator-admin-token")
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (moreHeaders.length > 0) {
      builder.headers(moreHeaders);
    }
    HttpRequest request = builder.build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (IOException unreachable) {
      throw new IllegalStateException(method + " " + address + " failed", unreachable);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
