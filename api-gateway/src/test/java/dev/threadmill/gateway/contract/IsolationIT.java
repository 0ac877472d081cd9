package dev.threadmill.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Walks every call of the OpenAPI document with the token of one project and the ids of another.
 */
@GatewayTest
class IsolationIT {
  /** What the parameter behind this word of a path is the id of. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("campaigns", "campaign"),
          Map.entry("contacts", "contact"),
          Map.entry("conversations", "conversation"),
          Map.entry("dead-letters", "letter"),
          Map.entry("erasures", "erasure"),
          Map.entry("health-scores", "contact"),
          Map.entry("opt-outs", "contact"),
          Map.entry("outbound", "outbound"),
          Map.entry("projects", "project"),
          Map.entry("runs", "run"),
          Map.entry("signals", "signal"),
          Map.entry("sources", "source"),
          Map.entry("ticks", "tick"),
          Map.entry("tokens", "token"));

  /** Fields of bodies and parameters of addresses that name something by its id. */
  private static final Map<String, String> NAMED =
      Map.of(
          "campaign", "campaign",
          "contact", "contact",
          "contact_id", "contact",
          "conversation", "conversation",
          "conversation_id", "conversation",
          "ids", "letter",
          "project_id", "project",
          "source_id", "source",
          "before", "run");

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows own;
  private Planted foreign;
  private List<ApiCall> calls;
  private Caller caller;

  @BeforeEach
  void two_projects() {
    own = new Rows(jdbc);
    foreign = new Planted(jdbc);
    caller = Caller.anonymous(port).token(own.token("admin", own.project, "1 hour"));
    calls =
        ApiCall.of(caller.get("/openapi.json").json()).stream()
            .filter(ApiCall::needsToken)
            .toList();
    assertThat(calls.size()).isGreaterThan(60);
  }

  @Test
  void whatever_names_another_project_is_a_404_and_changes_nothing_there() {
    Map<String, String> before = foreign.checksums();

    for (ApiCall call : calls) {
      for (List<String> values : foreignValues(call)) {
        String path = call.path(values);
        assertNotFound(call, send(caller.of(foreign.rows.project), call, path));
        assertNotFound(call, send(caller, call, path + "?project_id=" + foreign.rows.project));
      }
    }

    assertThat(foreign.checksums()).isEqualTo(before);
  }

  @Test
  void an_id_of_another_project_is_a_404_like_one_that_does_not_exist() {
    Map<String, String> before = foreign.checksums();

    for (ApiCall call : calls) {
      for (List<String> values : foreignValues(call)) {
        if (hasIds(call)) {
          Answer answer = send(caller, call, call.path(values));
          assertNotFound(call, answer);
          assertAlike(call, answer, send(caller, call, call.path(unknown(values))));
        }
      }
    }

    assertThat(foreign.checksums()).isEqualTo(before);
  }

  @Test
  void an_id_of_another_kind_is_answered_like_one_that_does_not_exist() {
    Map<String, String> before = foreign.checksums();

    for (ApiCall call : calls) {
      for (String id : foreign.ids()) {
        if (hasIds(call)) {
          List<String> values = values(call, own.project.toString(), id);
          if (values.contains(id)) {
            Answer answer = send(caller, call, call.path(values));
            assertThat(answer.status()).as(call + " " + values + answer.text()).isBetween(400, 499);
            assertTellsNothing(call, answer, "");
            assertAlike(call, answer, send(caller, call, call.path(unknown(values))));
          }
        }
      }
    }

    assertThat(foreign.checksums()).isEqualTo(before);
  }

  @Test
  void an_id_of_another_project_in_a_body_or_a_parameter_finds_nothing() {
    Map<String, String> before = foreign.checksums();
    List<String> tried = new ArrayList<>();

    for (ApiCall call : calls) {
      if (!call.path().replaceFirst("^/projects/\\{id}", "").contains("{")) {
        String path = call.path(values(call, own.project.toString(), ""));
        call.bodyFields()
            .forEach((field, schema) -> tried.addAll(inBody(call, path, field, schema)));
        call.parameters("query").stream()
            .filter(name -> !name.equals("project_id") && !call.path().equals("/audit"))
            .forEach(name -> tried.addAll(inAddress(call, path, name)));
      }
    }

    assertThat(tried)
        .contains(
            "POST /opt-outs contact",
            "POST /projects/{id}/erasures source_id",
            "POST /search conversation_id",
            "POST /tokens project_id",
            "POST /admin/dead-letters/replay ids",
            "GET /jobs/runs before",
            "GET /outbound campaign",
            "GET /signals conversation");
    assertThat(foreign.checksums()).isEqualTo(before);
  }

  private List<String> inBody(ApiCall call, String path, String field, JsonNode schema) {
    if (!NAMED.containsKey(field)) {
      return List.of();
    }
    boolean number = schema.path("type").asString().equals("integer");
    String kind = NAMED.get(field);
    String id = number ? foreign.number(kind) : foreign.id(kind);
    Answer answer = caller.call(call.method(), path, body(call, field, schema, id));
    Answer ofNone =
        caller.call(call.method(), path, body(call, field, schema, foreign.likeBut(id)));
    assertTellsNothing(call, answer, id);
    assertThat(answer.status()).as(call + " " + field + answer.text()).isEqualTo(ofNone.status());
    if (schema.path("type").asString().equals("string")) {
      assertNotFound(call, answer);
    } else {
      // Or it would be refused before anybody looks for it.
      assertThat(answer.status()).as(call + " " + field + answer.text()).isBetween(200, 299);
    }
    return List.of(call + " " + field);
  }

  /** With no other id in it but what it can't do without. */
  private static String body(ApiCall call, String field, JsonNode schema, String id) {
    ObjectNode body = call.sample(Map.of());
    NAMED.keySet().forEach(body::remove);
    if (field.equals("ids")) {
      // They go without what else would choose.
      body.removeAll();
    }
    switch (schema.path("type").asString()) {
      case "integer" -> body.put(field, Long.parseLong(id));
      case "array" -> body.putArray(field).add(id);
      default -> body.put(field, id);
    }
    if (field.equals("source_id")) {
      body.put("contact_id", 1);
    }
    return body.toString();
  }

  private List<String> inAddress(ApiCall call, String path, String name) {
    if (!NAMED.containsKey(name)) {
      return List.of();
    }
    for (String id : foreign.ids(NAMED.get(name))) {
      Answer answer = caller.call(call.method(), path + "?" + name + "=" + id, null);
      Answer ofNone =
          caller.call(call.method(), path + "?" + name + "=" + foreign.likeBut(id), null);
      assertTellsNothing(call, answer, id);
      assertThat(answer.status()).as(call + " " + name + answer.text()).isEqualTo(ofNone.status());
      // A global id tells by its own words that it is of another project, and is refused for that.
      if (!(id.contains(":") && answer.status() == 400)) {
        assertThat(answer.status()).as(call + " " + name + answer.text()).isIn(200, 404);
      }
    }
    return List.of(call + " " + name);
  }

  /** Or the sentences above would hold for ids that nobody could find. */
  @Test
  void the_projects_own_token_is_answered_under_the_same_ids() {
    Caller owner =
        Caller.anonymous(port).token(foreign.rows.token("admin", foreign.rows.project, "1 hour"));
    StringBuilder told = new StringBuilder();

    for (ApiCall call : calls) {
      if (call.method().equals("GET") && !streams(call)) {
        // The receipt of a deletion is for those who may delete.
        Caller asking = call.path().endsWith("/deletion") ? Caller.admin(port) : owner;
        for (List<String> values : foreignValues(call)) {
          if (values.size() < 2 || values.getFirst().equals(foreign.rows.project.toString())) {
            Answer answer = asking.get(call.path(values));
            assertThat(answer.status()).as(call + " " + values + answer.text()).isEqualTo(200);
            told.append(answer.text());
          }
        }
      }
    }

    assertThat(told.toString()).contains(foreign.marker);
  }

  private void assertNotFound(ApiCall call, Answer answer) {
    assertThat(answer.status()).as(call + ": " + answer.text()).isEqualTo(404);
    assertThat(answer.code()).as(call.toString()).isEqualTo("not_found");
    assertTellsNothing(call, answer, "");
  }

  private static void assertAlike(ApiCall call, Answer answer, Answer ofNone) {
    assertThat(List.of(answer.status(), answer.code(), answer.json().path("detail")))
        .as(call.toString())
        .isEqualTo(List.of(ofNone.status(), ofNone.code(), ofNone.json().path("detail")));
  }

  /**
   * @param sent an id that the caller named, and may hear again
   */
  private void assertTellsNothing(ApiCall call, Answer answer, String sent) {
    assertThat(answer.status()).as(call + ": " + answer.text()).isLessThan(500);
    for (String trace : foreign.traces()) {
      if (!trace.equals(sent)) {
        assertThat(answer.text()).as(call.toString()).doesNotContain(trace);
      }
    }
  }

  /** Values for the parameters of the path, for each way to name something of the other project. */
  private List<List<String>> foreignValues(ApiCall call) {
    List<String> parameters = call.parameters("path");
    if (!hasIds(call)) {
      return List.of(values(call, "", ""));
    }
    String last = parameters.getLast();
    String before = call.path().substring(0, call.path().indexOf("/{" + last + "}"));
    String kind = KINDS.get(before.substring(before.lastIndexOf('/') + 1));
    assertThat(kind).as("the kind of the ids of " + call).isNotNull();
    List<List<String>> all = new ArrayList<>();
    for (String id : foreign.ids(kind)) {
      if (parameters.size() == 1) {
        all.add(List.of(id));
      } else {
        all.add(values(call, own.project.toString(), id));
        all.add(values(call, foreign.rows.project.toString(), id));
      }
    }
    return all;
  }

  private static boolean hasIds(ApiCall call) {
    return call.pathParameters() > 0 && !call.path().contains("{jobType}");
  }

  private static List<String> values(ApiCall call, String project, String id) {
    if (call.path().contains("{jobType}")) {
      return List.of("chatwoot_sync");
    }
    return switch (call.pathParameters()) {
      case 0 -> List.of();
      case 1 -> List.of(call.path().startsWith("/projects/") && id.isEmpty() ? project : id);
      default -> List.of(project, id);
    };
  }

  private List<String> unknown(List<String> values) {
    return values.stream()
        .map(value -> foreign.ids().contains(value) ? foreign.likeBut(value) : value)
        .toList();
  }

  private static Answer send(Caller from, ApiCall call, String path) {
    if (streams(call)) {
      // What is let in never ends; only what is refused can be read.
      return from.with("Accept", "text/event-stream").head(call.method(), path);
    }
    return from.call(
        call.method(), path, call.takesBody() ? call.sample(Map.of()).toString() : null);
  }

  private static boolean streams(ApiCall call) {
    return call.operation().path("responses").toString().contains("text/event-stream");
  }
}
