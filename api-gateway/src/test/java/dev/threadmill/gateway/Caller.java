package dev.threadmill.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who calls the gateway over HTTP. */
public record Caller(int port, Map<String, String> headers) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public record Answer(int status, HttpResponse<String> response) {
    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    public String code() {
      return json().path("code").asString();
    }

    public String text() {
      return response.body();
    }
  }

  public static Caller admin(int port) {
    return new Caller(port, Map.of("Authorization", "Bearer " + GatewayServers.ADMIN_TOKEN));
  }

  public static Caller anonymous(int port) {
    return new Caller(port, Map.of());
  }

  public Caller with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Caller(port, more);
  }

  public Caller of(UUID project) {
    return with("X-Project-Id", project.toString());
  }

  public Caller token(String token) {
    return with("Authorization", "Bearer " + token);
  }

  public Answer get(String path) {
    return call("GET", path, null);
  }

  public Answer post(String path) {
    return call("POST", path, null);
  }

  public Answer post(String path, Map<String, ?> body) {
    return call("POST", path, JSON.writeValueAsString(body));
  }

  public Answer call(String method, String path, String body) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", headers.getOrDefault("Content-Type", "application/json"));
    }
    headers.forEach(
        (name, value) -> {
          if (!name.equals("Content-Type")) {
            request.header(name, value);
          }
        });
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
