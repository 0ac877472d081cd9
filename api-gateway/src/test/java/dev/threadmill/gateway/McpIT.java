package dev.threadmill.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@GatewayTest
class McpIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LIST =
      "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/list\", \"params\": {}}";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private String token;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    token = rows.token("read", rows.project, "1 day");
  }

  @Test
  void an_agent_finds_a_message_reads_its_conversation_and_asks_how_fresh_that_is() {
    long conversation = rows.conversation("open");
    long asked = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, asked, 0, "the lamp arrived broken", true);
    rows.message(conversation, "outgoing", true, "0");
    rows.message(conversation, "activity", false, "0");
    long answered = rows.message(conversation, "outgoing", false, "0");
    jdbc.sql("update cw_messages set content = 'said ' || message_id where project_id = :project")
        .param("project", rows.project)
        .update();
    new Rows(jdbc).found("the lamp of another project is broken");

    try (McpSyncClient client = agent()) {
      assertThat(client.listTools().tools())
          .extracting(Tool::name)
          .containsExactlyInAnyOrder(
              "search_conversations",
              "get_conversation",
              "list_signals",
              "pipeline_status",
              "customer_health");
      JsonNode hits =
          answer(client, "search_conversations", Map.of("query", "broken lamp", "neighbours", 1))
              .path("hits");
      assertThat(hits).hasSize(1);
      JsonNode hit = hits.path(0);
      assertThat(hit.path("message_id").asLong()).isEqualTo(asked);
      assertThat(hit.path("neighbours").path("after").path(0).path("message_id").asLong())
          .isEqualTo(answered);
      JsonNode read =
          answer(
              client,
              "get_conversation",
              Map.of("id", hit.path("conversation_global_id").asString()));
      assertThat(read.path("messages").valueStream().map(m -> m.path("message_id").asLong()))
          .containsExactly(asked, answered);
      assertThat(read.path("messages").path(1).path("text").asString())
          .isEqualTo("said " + answered);
      JsonNode first =
          answer(client, "get_conversation", Map.of("id", Long.toString(conversation), "limit", 1));
      assertThat(first.path("more").asBoolean()).isTrue();
      assertThat(
              answer(client, "list_signals", Map.of("type", "praise", "severity", 2)).path("items"))
          .isEmpty();
      assertThat(
              answer(client, "pipeline_status", Map.of())
                  .path("entities")
                  .path("rag_chunks")
                  .asLong())
          .isEqualTo(1);
    }
  }

  @Test
  void an_agent_asks_how_a_customer_is_and_who_is_worst() {
    rows.contactOf(rows.conversation("open"), 7);
    jdbc.sql(
            """
            insert into health_scores (contact_global_id, project_id, score, active, formula, settings_no, factors,
              calculated_at)
            select global_id, project_id, 12, true, 1, 0, '[]', now() from cw_contacts where project_id = :project
            """)
        .param("project", rows.project)
        .update();

    try (McpSyncClient client = agent()) {
      JsonNode one = answer(client, "customer_health", Map.of("contact", "7"));
      assertThat(one.path("contact").path("health").path("tier").asString()).isEqualTo("critical");
      JsonNode worst = answer(client, "customer_health", Map.of());
      assertThat(worst.path("worst").path(0)).isEqualTo(one.path("contact").path("health"));
      CallToolResult nobody =
          client.callTool(new CallToolRequest("customer_health", Map.of("contact", "8")));
      assertThat(nobody.isError()).isTrue();
      assertThat(text(nobody)).contains("no such contact with a health score");
    }
  }

  @Test
  void what_an_agent_asks_wrongly_is_told_in_words() {
    Rows others = new Rows(jdbc);
    long foreign = others.conversation("open");
    try (McpSyncClient client = agent()) {
      for (var call :
          Map.of(
                  "get_conversation",
                  Map.<String, Object>of(
                      "id", "cw:" + others.project + ":" + others.account() + ":" + foreign),
                  "search_conversations",
                  Map.<String, Object>of("query", "  "))
              .entrySet()) {
        CallToolResult result =
            client.callTool(new CallToolRequest(call.getKey(), call.getValue()));
        assertThat(result.isError()).as("%s", result).isTrue();
        assertThat(text(result)).containsAnyOf("no such conversation", "'query' must have");
      }
    }
  }

  @Test
  void only_a_token_of_one_project_is_let_in() {
    Caller caller = Caller.anonymous(port).with("Accept", "application/json, text/event-stream");

    assertThat(caller.call("POST", "/mcp", LIST).status()).isEqualTo(401);
    assertThat(Caller.admin(port).of(rows.project).call("POST", "/mcp", LIST).code())
        .isEqualTo("project_token_required");
    assertThat(caller.token(token).of(new Rows(jdbc).project).call("POST", "/mcp", LIST).code())
        .isEqualTo("not_found");
    for (String path : new String[] {"/mcp", "/v1/mcp"}) {
      Caller.Answer answer = caller.token(token).call("POST", path, LIST);
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      assertThat(answer.json().path("result").path("tools")).hasSize(5);
    }
    assertThat(
            caller
                .token(token)
                .with("X-Project-Id", rows.project.toString().toUpperCase(Locale.ROOT))
                .call("POST", "/mcp", LIST)
                .status())
        .isEqualTo(200);
    assertThat(caller.token(token).get("/mcp").code()).isEqualTo("method_not_allowed");
    assertThat(caller.token(token).call("POST", "/mcp", "{").status()).isEqualTo(400);
  }

  @Test
  void pages_of_other_origins_are_kept_out_and_so_are_those_that_look_like_our_own() {
    Caller caller =
        Caller.anonymous(port).token(token).with("Accept", "application/json, text/event-stream");
    // The second one is what a page sends whose name was turned to this address.
    for (String origin : List.of("https://evil.example.com", "http://127.0.0.1:" + port, "null")) {
      Caller.Answer answer = caller.with("Origin", origin).call("POST", "/mcp", LIST);
      assertThat(answer.status()).as(origin).isEqualTo(403);
      assertThat(answer.code()).as(origin).isEqualTo("forbidden");
    }
    assertThat(caller.with("Origin", GatewayServers.ORIGIN).call("POST", "/mcp", LIST).status())
        .isEqualTo(200);
  }

  @Test
  void what_is_no_message_is_refused_without_a_word_of_what_went_wrong_inside() throws Exception {
    Caller caller =
        Caller.anonymous(port).token(token).with("Accept", "application/json, text/event-stream");
    for (String body :
        List.of(
            "[]",
            "5",
            "null",
            LIST.replace("{}", "\"x\""),
            LIST.replace("{}", "[1]"),
            call("5", "{}"),
            call("{}", "{}"),
            call("\"search_conversations\"", "\"x\""),
            call("\"search_conversations\"", "[1]"))) {
      Caller.Answer answer = caller.call("POST", "/mcp", body);
      assertThat(answer.status()).as("%s: %s", body, answer.text()).isLessThan(500);
      assertThat(answer.text())
          .as(body)
          .doesNotContain("Exception", "Failed to", "jackson", "java.", "Cannot ", "-32603");
    }
    byte[] tooLong =
        LIST.replace("{}", "{\"x\": \"" + "x".repeat(300 << 10) + "\"}").getBytes(UTF_8);
    var chunked =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/mcp"))
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json, text/event-stream")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLong)))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      var answer = http.send(chunked, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
      assertThat(answer.body()).contains("content_too_large", "REQUEST_MAX_BODY_KB");
    }
  }

  @Test
  void half_a_character_is_no_fault_of_the_gateway() {
    Caller caller =
        Caller.anonymous(port).token(token).with("Accept", "application/json, text/event-stream");
    for (String arguments :
        List.of("{\"query\": \"lamp \\ud800\"}", "{\"query\": \"lamp\", \"label\": \"\\ud800\"}")) {
      Caller.Answer answer =
          caller.call("POST", "/mcp", call("\"search_conversations\"", arguments));
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      assertThat(answer.text()).doesNotContain("Something failed", "Exception");
    }
  }

  private static String call(String name, String arguments) {
    return LIST.replace("tools/list", "tools/call")
        .replace("{}", "{\"name\": " + name + ", \"arguments\": " + arguments + "}");
  }

  private McpSyncClient agent() {
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + port)
                    .requestBuilder(
                        HttpRequest.newBuilder().header("Authorization", "Bearer " + token))
                    .build())
            .build();
    client.initialize();
    return client;
  }

  private static JsonNode answer(McpSyncClient client, String tool, Map<String, Object> arguments) {
    CallToolResult result = client.callTool(new CallToolRequest(tool, arguments));
    assertThat(result.isError()).as("%s", result).isNotEqualTo(true);
    return JSON.readTree(text(result));
  }

  private static String text(CallToolResult result) {
    return ((TextContent) result.content().getFirst()).text();
  }
}
