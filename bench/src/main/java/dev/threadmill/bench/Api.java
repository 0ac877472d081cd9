package dev.threadmill.bench;

import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway as a caller with a token for all projects sees it. */
public final class Api {
  public static final String TOKEN = "token-of-the-benchmark-0123456789abcdef";
  public static final String WEBHOOK_SECRET = "secret-of-the-benchmark-0123456789";

  /** What services need to keep the tokens of sources. */
  public static final Map<String, String> SECRETS =
      Map.of(
          "API_TOKEN",
          TOKEN,
          "THREADMILL_SECRET_KEY",
          "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI address;

  public Api(URI address) {
    this.address = address;
  }

  /** A project with one source. */
  public record Bound(String project, String source) {}

  /** A project of its own for what is written in this Chatwoot. */
  public Bound bind(ChatwootSimulator chatwoot) throws IOException, InterruptedException {
    String url = chatwoot.baseUrl().toString();
    String project = call("POST", "/projects", null, Map.of("name", url)).path("id").asString();
    JsonNode saved =
        call(
            "POST",
            "/projects/" + project + "/sources",
            null,
            Map.of(
                "base_url",
                url,
                "account_id",
                ChatwootSimulator.ACCOUNT_ID,
                "api_token",
                ChatwootSimulator.ADMIN_TOKEN,
                "webhook_secret",
                WEBHOOK_SECRET));
    return new Bound(project, saved.path("source").path("id").asString());
  }

  /** A sync of the project, once it has ended well. */
  public JsonNode sync(String project) throws IOException, InterruptedException {
    JsonNode run = call("POST", "/jobs/chatwoot/sync?wait=60", project, Map.of());
    while (run.path("status").asString().matches("queued|running")) {
      Thread.sleep(100);
      run = call("GET", "/jobs/runs/" + run.path("run_id").asString(), project, null);
    }
    if (!run.path("status").asString().equals("ok")) {
      throw new IllegalStateException("the sync ended so: " + run);
    }
    return run.path("result");
  }

  private JsonNode call(
      String method, String path, @Nullable String project, @Nullable Map<String, ?> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path)).header("Authorization", "Bearer " + TOKEN);
    if (project != null) {
      request.header("X-Project-Id", project);
    }
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() >= 400) {
      throw new IllegalStateException(path + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }
}
