package dev.threadmill.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
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

  /** Of an answer that does not end, what can be told at its beginning; of others, the whole. */
  public Answer head(String method, String path) {
    return send(
        request(method, path, null),
        info ->
            info.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")
                ? new NotRead()
                : BodySubscribers.ofString(StandardCharsets.UTF_8));
  }

  public Answer call(String method, String path, String body) {
    return send(request(method, path, body), BodyHandlers.ofString());
  }

  private HttpRequest request(String method, String path, String body) {
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
    return request.build();
  }

  private static Answer send(HttpRequest request, BodyHandler<String> reading) {
    try {
      HttpResponse<String> response = HTTP.send(request, reading);
      AgreedAnswers.check(request.method(), request.uri().getRawPath(), response, response.body());
      return new Answer(response.statusCode(), response);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private static final class NotRead implements BodySubscriber<String> {
    @Override
    public CompletionStage<String> getBody() {
      return CompletableFuture.completedFuture("");
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
