package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@GatewayTest
class ExportIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  @Test
  void every_conversation_is_a_line_however_many_pages_that_takes() {
    conversations(1300, 10);

    List<JsonNode> lines =
        caller
            .get("/conversations/export?status=open")
            .text()
            .lines()
            .map(line -> (JsonNode) JSON.readTree(line))
            .toList();

    assertThat(lines).hasSize(1300);
    assertThat(lines.stream().map(line -> line.path("conversation_id").asLong()).distinct())
        .hasSize(1300);
    JsonNode listed =
        caller.get("/conversations?sort=created&limit=1").json().path("items").path(0);
    assertThat(lines.getFirst()).isEqualTo(listed);
    assertThat(caller.get("/conversations/export?status=resolved").text()).isEmpty();
  }

  @Test
  void csv_is_quoted_and_computes_nothing_in_a_spreadsheet() {
    rows.conversation("open", "a \"b\"", "c");
    jdbc.sql(
            """
            update cw_conversations set created_at = '2026-11-01T10:00:00Z', last_activity_at = '2026-11-01T11:00:00Z',
              first_reply_created_at = '2026-11-01T10:05:00Z', assignee_id = 4, assignee_name = '@sum(1)',
              channel = 'Hello;=HYPERLINK(1) - 2; "+3',
              data = '{"additional_attributes": {"mail_subject": "=1+1,\\nthen\\n  -2\\t@x;y"}}'
            where project_id = :project
            """)
        .param("project", rows.project)
        .update();

    Caller.Answer answer = caller.get("/conversations/export?format=csv");

    assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/csv");
    String[] parts = answer.text().split("\r\n", 2);
    assertThat(parts[0])
        .startsWith("conversation_id,global_id,status,priority,labels,")
        .endsWith("first_response_seconds,resolved_at,resolution_seconds,link");
    assertThat(parts[1])
        .contains(
            "\"a \"\"b\"\", c\",7,,\"Hello;'=HYPERLINK(1) - 2; \"\"'+3\",",
            ",'@sum(1),",
            ",\"'=1+1,\nthen\n  '-2\t'@x;y\",2026-11-01T10:00:00Z,2026-11-01T11:00:00Z,2026-11-01T10:05:00Z,300,,,")
        .endsWith("\r\n");
    assertThat(caller.get("/conversations/export?format=csv&status=resolved").text())
        .as("no rows, but columns")
        .isEqualTo(parts[0] + "\r\n");
  }

  @Test
  void an_export_that_fails_in_its_middle_does_not_look_like_a_whole_one() throws Exception {
    conversations(5000, 4000);
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/conversations/export"))
            .header("Authorization", "Bearer " + GatewayServers.ADMIN_TOKEN)
            .header("X-Project-Id", rows.project.toString())
            .build();

    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body.read()).isEqualTo('{');
        GatewayServers.lockDatabase();

        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
      } finally {
        GatewayServers.unlockDatabase();
      }
    }
  }

  @Test
  void an_export_whose_project_goes_meanwhile_does_not_look_like_a_whole_one() throws Exception {
    conversations(5000, 4000);
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/conversations/export"))
            .header("Authorization", "Bearer " + GatewayServers.ADMIN_TOKEN)
            .header("X-Project-Id", rows.project.toString())
            .build();

    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        assertThat(body.read()).isEqualTo('{');
        jdbc.sql("update projects set archived_at = now() where id = :project")
            .param("project", rows.project)
            .update();

        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
      }
    }
  }

  private void conversations(int count, int subjectLength) {
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
              created_at, last_activity_at, data)
            select 'cw:' || :project || ':' || :account || ':' || n, :project, :source, :account, n, 'open',
              now() - make_interval(secs => n / 7), now(),
              jsonb_build_object('additional_attributes', jsonb_build_object('mail_subject', repeat('x', :length)))
            from generate_series(1, :count) n
            """)
        .param("project", rows.project)
        .param("account", rows.account())
        .param("source", rows.source)
        .param("count", count)
        .param("length", subjectLength)
        .update();
  }
}
