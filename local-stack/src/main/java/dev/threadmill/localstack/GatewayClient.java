package dev.threadmill.localstack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the API as a user would. */
final class GatewayClient {

  // Longer than the longest wait the API offers, 60 s.
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
  private static final Duration PROJECT_LIMIT = Duration.ofSeconds(60);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;
  private final String token;

  GatewayClient(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /**
   * The id of the project {@code default}, which one of the services makes when it first starts.
   */
  String defaultProject() {
    long end = System.nanoTime() + PROJECT_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      for (JsonNode project : send("GET", "/projects", "", "").path("items")) {
        if (project.path("name").asString("").equals("default")) {
          return project.path("id").asString("");
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
    throw new IllegalStateException("the API shows no project named default");
  }

  /** The id of the project's source, which ingest-service binds when it starts. */
  String firstSource(String project) {
    long end = System.nanoTime() + PROJECT_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      String path = "/projects/" + project + "/sources";
      for (JsonNode source : send("GET", path, "", "").path("items")) {
        return source.path("id").asString("");
      }
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
    throw new IllegalStateException("the project " + project + " has no source");
  }

  JsonNode get(String path, String project) {
    return send("GET", path, project, "");
  }

  JsonNode post(String path, String project, String body) {
    return send("POST", path, project, body);
  }

  private JsonNode send(String method, String path, String project, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(ANSWER_LIMIT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!project.isEmpty()) {
      request.header("X-Project-Id", project);
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(
            "%s %s answered %d: %s"
                .formatted(method, path, response.statusCode(), response.body()));
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException("%s %s failed: %s".formatted(method, path, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
