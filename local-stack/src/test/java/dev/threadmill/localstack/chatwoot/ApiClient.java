package dev.threadmill.localstack.chatwoot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the simulator as a stranger would. */
final class ApiClient {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();
  private final ChatwootSimulator simulator;
  private final String token;

  ApiClient(ChatwootSimulator simulator) {
    this(simulator, ChatwootSimulator.ADMIN_TOKEN);
  }

  ApiClient(ChatwootSimulator simulator, String token) {
    this.simulator = simulator;
    this.token = token;
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Api-Access-Token", token);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> response(String path) throws IOException, InterruptedException {
    return send("GET", path.startsWith("/") ? path : "/api/v1/accounts/1/" + path, "");
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = response(path);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  JsonNode post(String path, String body) throws IOException, InterruptedException {
    String whole = path.startsWith("/") ? path : "/api/v1/accounts/1/" + path;
    return JSON.readTree(send("POST", whole, body).body());
  }

  static List<Long> ids(JsonNode rows) {
    List<Long> ids = new ArrayList<>();
    rows.forEach(row -> ids.add(row.path("id").asLong()));
    return ids;
  }

  List<Long> conversations(String query) throws IOException, InterruptedException {
    return ids(get("conversations?" + query).path("data").path("payload"));
  }

  List<Long> messages(long conversation, String query) throws IOException, InterruptedException {
    return ids(get("conversations/" + conversation + "/messages?" + query).path("payload"));
  }
}
