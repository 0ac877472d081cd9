package dev.threadmill.bench.sync;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one writes first: page by page, conversation by conversation, each message an upsert of its
 * own. It reads all statuses and all messages, 20 at a time as the API gives them by default.
 */
final class SequentialClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Chatwoot's page of messages; a shorter one is the last. */
  private static final int PAGE = 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private final BenchServers servers;
  private final String jdbcUrl;
  private final String account;
  private long stored;

  SequentialClient(BenchServers servers, String jdbcUrl, URI chatwoot) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
    this.account = chatwoot + "/api/v1/accounts/" + ChatwootSimulator.ACCOUNT_ID;
  }

  /** The rate of a whole sync, or of as much of it as fits into a time. */
  double messagesPerSecond(Duration atMost) throws IOException, InterruptedException, SQLException {
    try (Connection connection = servers.connect(jdbcUrl);
        var create = connection.createStatement()) {
      create.execute(
          "create table messages (id bigint primary key, conversation bigint, content text, data jsonb)");
      try (PreparedStatement upsert =
          connection.prepareStatement(
              """
              insert into messages values (?, ?, ?, ?::jsonb)
              on conflict (id) do update set content = excluded.content, data = excluded.data
              """)) {
        long start = System.nanoTime();
        boolean more = true;
        for (int page = 1; more && System.nanoTime() - start < atMost.toNanos(); page++) {
          more = storePage(upsert, page);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        try (var row = create.executeQuery("select count(*) from messages")) {
          row.next();
          SyncBench.require(row.getLong(1), stored, "messages of the sequential client");
        }
        return stored / seconds;
      }
    }
  }

  private boolean storePage(PreparedStatement upsert, int page)
      throws IOException, InterruptedException, SQLException {
    JsonNode rows =
        get("/conversations?status=all&sort_by=created_at_asc&page=" + page)
            .path("data")
            .path("payload");
    for (JsonNode conversation : rows) {
      storeMessages(upsert, conversation.path("id").asLong());
    }
    return !rows.isEmpty();
  }

  private void storeMessages(PreparedStatement upsert, long conversation)
      throws IOException, InterruptedException, SQLException {
    String before = "";
    while (true) {
      JsonNode messages =
          get("/conversations/" + conversation + "/messages" + before).path("payload");
      for (JsonNode message : messages) {
        upsert.setLong(1, message.path("id").asLong());
        upsert.setLong(2, conversation);
        upsert.setString(3, message.path("content").asString(""));
        upsert.setString(4, message.toString());
        upsert.executeUpdate();
        stored++;
      }
      if (messages.size() < PAGE) {
        return;
      }
      before = "?before=" + messages.get(0).path("id").asLong();
    }
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(account + path))
            .header("Api-Access-Token", ChatwootSimulator.ADMIN_TOKEN)
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": HTTP " + answer.statusCode());
    }
    return JSON.readTree(answer.body());
  }
}
