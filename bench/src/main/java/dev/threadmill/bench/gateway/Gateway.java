package dev.threadmill.bench.gateway;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.ServiceProcess;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.openai.OpenAiSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An api-gateway as a process, on a database of its own that it migrates, and its caller. */
final class Gateway implements AutoCloseable {
  static final int WIDTH = 384;
  private static final String TOKEN = "bench-token-bench-token-bench-token-1";
  private static final String AUTHORIZATION = "Bearer " + TOKEN;
  private static final String PROJECT = "X-Project-Id";
  private static final String STATUS = "/jobs/status";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static {
    // Of HttpURLConnection, which otherwise keeps five connections and opens the others anew.
    System.setProperty("http.maxConnections", Integer.toString(Flood.CALLERS));
  }

  private final ServiceProcess process;
  private final Rows rows;

  /** Without offering HTTP/2 with each request, which the gateway does not speak. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Gateway(ServiceProcess process, Rows rows) {
    this.process = process;
    this.rows = rows;
  }

  /**
   * @param provider where questions are embedded; null: nowhere
   */
  static Gateway start(BenchServers servers, @Nullable URI provider) throws Exception {
    String jdbcUrl = servers.createDatabase();
    ServiceProcess process =
        ServiceProcess.start(
            servers,
            "api-gateway",
            jdbcUrl,
            "256m",
            variables(provider, Map.of("API_TOKEN", TOKEN)));
    return new Gateway(process, new Rows(servers, jdbcUrl));
  }

  /** Of a service that embeds with this provider. */
  static Map<String, String> variables(@Nullable URI provider, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    if (provider != null) {
      all.put("OPENAI_API_KEY", OpenAiSettings.KEY);
      all.put("OPENAI_BASE_URL", provider.toString());
      all.put("EMBEDDING_MODEL", "text-embedding-3-small");
      all.put("EMBEDDING_DIM", Integer.toString(WIDTH));
    } else {
      // It asks for a key, and nobody is asked with it.
      all.put("OPENAI_API_KEY", "none");
    }
    return all;
  }

  Rows rows() {
    return rows;
  }

  Usage usage() {
    return Usage.of(List.of(process.pid()));
  }

  JsonNode status(UUID project) throws IOException, InterruptedException {
    return answer(http.send(statusRequest(project), BodyHandlers.ofString()));
  }

  /**
   * The HTTP status of an answer that is read to its end. By the client that costs the shared
   * processors least: the other one takes half as much for a request as the gateway.
   */
  int askStatus(UUID project) throws IOException {
    var connection = (HttpURLConnection) process.address().resolve(STATUS).toURL().openConnection();
    connection.setRequestProperty("Authorization", AUTHORIZATION);
    connection.setRequestProperty(PROJECT, project.toString());
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(60_000);
    int status = connection.getResponseCode();
    // Read to the end, so that the connection is kept.
    try (InputStream body =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      body.transferTo(OutputStream.nullOutputStream());
    }
    return status;
  }

  /**
   * @param filters as in the contract
   */
  JsonNode search(UUID project, String query, int topK, Map<String, ?> filters)
      throws IOException, InterruptedException {
    Map<String, Object> wish = new HashMap<>(filters);
    wish.put("query", query);
    wish.put("top_k", topK);
    String body = JSON.writeValueAsString(wish);
    return answer(
        http.send(
            request("/search", project)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString()));
  }

  private HttpRequest statusRequest(UUID project) {
    return request(STATUS, project).build();
  }

  private HttpRequest.Builder request(String path, UUID project) {
    return HttpRequest.newBuilder(process.address().resolve(path))
        .header("Authorization", AUTHORIZATION)
        .header(PROJECT, project.toString());
  }

  private static JsonNode answer(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  @Override
  public void close() {
    process.close();
  }
}
