package dev.threadmill.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Walks every call of the OpenAPI document with the token of one project and the ids of another.
 */
@GatewayTest
class IsolationIT {
  /** Words that stand in a path where others have an id. */
  private static final Set<String> NO_IDS = Set.of("jobType");

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
    assertThat(calls.size()).isGreaterThan(15);
  }

  @Test
  void whatever_names_another_project_is_a_404_and_changes_nothing_there() {
    Map<String, String> before = foreign.checksums();

    for (ApiCall call : calls) {
      for (List<String> values : values(call, foreign.ids())) {
        String path = call.path(values);
        assertNotFound(call, send(caller.of(foreign.rows.project), call, path));
        String parameter = (path.contains("?") ? "&" : "?") + "project_id=" + foreign.rows.project;
        assertNotFound(call, send(caller, call, path + parameter));
      }
    }

    assertThat(foreign.checksums()).isEqualTo(before);
  }

  private void assertNotFound(ApiCall call, Answer answer) {
    assertThat(answer.status()).as(call + ": " + answer.text()).isEqualTo(404);
    assertThat(answer.code()).as(call.toString()).isEqualTo("not_found");
    assertTellsNothing(call, answer);
  }

  @Test
  void an_id_of_another_project_is_answered_like_one_that_does_not_exist() {
    Map<String, String> before = foreign.checksums();

    for (ApiCall call : calls) {
      for (List<String> values : values(call, foreign.ids())) {
        Answer answer = send(caller, call, call.path(values));
        assertTellsNothing(call, answer);
        if (namesForeign(values)) {
          Answer ofNone = send(caller, call, call.path(unknown(values)));
          assertThat(answer.status()).as(call + " " + values + answer.text()).isBetween(400, 499);
          assertThat(List.of(answer.status(), answer.code(), answer.json().path("detail")))
              .as(call + " " + values)
              .isEqualTo(List.of(ofNone.status(), ofNone.code(), ofNone.json().path("detail")));
        }
      }
    }

    assertThat(foreign.checksums()).isEqualTo(before);
  }

  /** Or the two sentences above would hold for ids that nobody could find. */
  @Test
  void the_projects_own_token_is_answered_under_the_same_ids() {
    Caller owner =
        Caller.anonymous(port).token(foreign.rows.token("admin", foreign.rows.project, "1 hour"));
    Set<String> answered = new TreeSet<>();
    StringBuilder told = new StringBuilder();

    for (ApiCall call : calls) {
      if (call.method().equals("GET") && !streams(call)) {
        for (List<String> values : values(call, foreign.ids())) {
          Answer answer = owner.get(call.path(values));
          if (answer.status() == 200) {
            answered.add(call.path());
            told.append(answer.text());
          }
        }
      }
    }

    assertThat(answered).contains("/jobs/runs/{id}", "/projects/{id}/sources", "/jobs/status");
    assertThat(told.toString()).contains(foreign.marker);
  }

  private void assertTellsNothing(ApiCall call, Answer answer) {
    assertThat(answer.status()).as(call + ": " + answer.text()).isLessThan(500);
    for (String trace : foreign.traces()) {
      assertThat(answer.text()).as(call.toString()).doesNotContain(trace);
    }
  }

  /** A list of values for the parameters of the path for each id there is. */
  private List<List<String>> values(ApiCall call, List<String> ids) {
    if (call.pathParameters() == 0) {
      return List.of(List.of());
    }
    if (call.parameters("path").stream().allMatch(NO_IDS::contains)) {
      return List.of(List.of("chatwoot_sync"));
    }
    List<List<String>> all = new ArrayList<>();
    for (String id : ids) {
      if (call.pathParameters() == 1) {
        all.add(List.of(id));
      } else {
        for (UUID project : List.of(own.project, foreign.rows.project)) {
          List<String> values = new ArrayList<>(List.of(project.toString()));
          while (values.size() < call.pathParameters()) {
            values.add(id);
          }
          all.add(values);
        }
      }
    }
    return all;
  }

  private boolean namesForeign(List<String> values) {
    return values.stream().anyMatch(foreign.ids()::contains);
  }

  private List<String> unknown(List<String> values) {
    return values.stream()
        .map(value -> foreign.ids().contains(value) ? likeBut(value) : value)
        .toList();
  }

  /** An id of the same kind, of nothing. */
  private String likeBut(String id) {
    String nobodys = UUID.randomUUID().toString();
    return id.matches("[0-9]+")
        ? "9" + id + "00"
        : id.replace(foreign.rows.project.toString(), nobodys)
            .replaceFirst("^[0-9a-f-]{36}$", nobodys);
  }

  private Answer send(Caller from, ApiCall call, String path) {
    if (streams(call)) {
      // What is let in never ends; only what is refused can be read.
      return from.with("Accept", "text/event-stream").head(call.method(), path);
    }
    Map<String, String> ids =
        Map.of(
            "project_id", foreign.rows.project.toString(),
            "source_id", foreign.rows.source.toString());
    return from.call(call.method(), path, call.takesBody() ? call.sample(ids).toString() : null);
  }

  private static boolean streams(ApiCall call) {
    return call.operation().path("responses").toString().contains("text/event-stream");
  }
}
