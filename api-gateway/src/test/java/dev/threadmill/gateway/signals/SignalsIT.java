package dev.threadmill.gateway.signals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@GatewayTest
class SignalsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private Signals signals;
  @Autowired private TransactionTemplate transaction;

  private Rows rows;
  private Caller caller;
  private long conversation;
  private long message;

  @BeforeEach
  void a_project_with_a_conversation() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
    conversation = rows.conversation("open");
    rows.contactOf(conversation, 77);
    message = rows.message(conversation, "incoming", false, "0");
  }

  private String id(String kind, long number) {
    return kind + ":" + rows.project + ":" + rows.account() + ":" + number;
  }

  /**
   * @param seen such as {@code -3 days}
   */
  private UUID signal(String type, String status, int severity, double confidence, String seen) {
    UUID id =
        jdbc.sql(
                """
                insert into signals (project_id, conversation_global_id, contact_global_id, type, status, severity,
                  confidence, basis, first_seen_at, last_seen_at, occurrences)
                values (:project, :conversation, :contact, :type, :status, :severity, :confidence, '{"rule": {}}',
                  now() + :seen::interval, now() + :seen::interval, 1)
                returning id
                """)
            .param("project", rows.project)
            .param("conversation", id("cw", conversation))
            .param("contact", id("cwc", 77))
            .param("type", type)
            .param("status", status)
            .param("severity", severity)
            .param("confidence", confidence)
            .param("seen", seen)
            .query(UUID.class)
            .single();
    jdbc.sql(
            """
            insert into signal_evidence (signal_id, project_id, conversation_global_id, message_global_id, quote, found_by,
              confidence, said_at)
            values (:signal, :project, :conversation, :message, 'I want a refund', 'en.refund.want', :confidence, now())
            """)
        .param("signal", id)
        .param("project", rows.project)
        .param("conversation", id("cw", conversation))
        .param("message", id("cwmsg", message))
        .param("confidence", confidence)
        .update();
    return id;
  }

  private List<String> types(String query) {
    List<String> types = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = caller.get("/signals" + query + cursor).json();
      page.path("items").forEach(item -> types.add(item.path("type").asString()));
      JsonNode next = page.path("next_cursor");
      cursor = next.isString() ? "&cursor=" + next.asString() : "";
    } while (!cursor.isEmpty());
    return types;
  }

  @Test
  void signals_are_listed_in_pages_and_filtered() {
    signal("complaint", "accepted", 3, 0.8, "-3 days");
    signal("praise", "proposed", 1, 0.5, "-2 days");
    signal("refund_request", "dismissed", 4, 0.9, "-1 day");
    signal("urgency", "done", 4, 0.7, "-10 days");

    assertThat(types("?limit=1"))
        .containsExactly("refund_request", "praise", "complaint", "urgency");
    assertThat(types("?type=praise")).containsExactly("praise");
    assertThat(types("?status=done")).containsExactly("urgency");
    assertThat(types("?severity=4")).containsExactly("refund_request", "urgency");
    assertThat(types("?confidence=0.8&status=accepted")).containsExactly("complaint");
    assertThat(types("?contact=77&conversation=" + conversation + "&type=urgency"))
        .containsExactly("urgency");
    assertThat(types("?contact=" + id("cwc", 77) + "&limit=2")).hasSize(4);
    assertThat(types("?conversation=" + id("cw", conversation + 1))).isEmpty();
    assertThat(types("?from=" + java.time.Instant.now().minus(java.time.Duration.ofHours(30))))
        .containsExactly("refund_request");
    for (String wrong :
        List.of("?type=anger", "?status=open", "?severity=9", "?confidence=2", "?cursor=x")) {
      assertThat(caller.get("/signals" + wrong).code()).as(wrong).isEqualTo("invalid_request");
    }
    assertThat(Caller.admin(port).of(new Rows(jdbc).project).get("/signals").json().path("items"))
        .isEmpty();
  }

  @Test
  void a_filter_that_few_signals_pass_reads_no_others() {
    jdbc.sql(
            """
            insert into signals (project_id, conversation_global_id, type, status, severity, confidence, basis, first_seen_at,
              last_seen_at, occurrences)
            select :project, :conversation, 'complaint', 'accepted', case when n < 4998 then 1 + n % 3 else 5 end,
              case when n < 4998 then 0.4 + n % 40 / 100.0 else 0.9 end, '{}',
              now() - n * interval '1 min', now() - n * interval '1 min', 1
            from generate_series(1, 5000) n
            """)
        .param("project", rows.project)
        .param("conversation", id("cw", conversation))
        .update();
    jdbc.sql("analyze signals").update();
    for (SignalFilter few :
        List.of(
            new SignalFilter(null, null, null, null, 4, null, null, null),
            new SignalFilter(null, null, null, null, null, 0.85, null, null))) {
      transaction.executeWithoutResult(
          status -> {
            long before = rowsRead();
            assertThat(signals.list(rows.project, few, null, 50, new ChatwootLinks(List.of())))
                .hasSize(3);
            assertThat(rowsRead() - before).as("%s", few).isBetween(3L, 10L);
          });
    }
  }

  /** By this connection, up to now. */
  private long rowsRead() {
    return jdbc.sql(
            """
            select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables
            where relname = 'signals'
            """)
        .query(Long.class)
        .single();
  }

  @Test
  void one_signal_tells_what_it_rests_on_with_the_way_to_chatwoot() {
    UUID id = signal("refund_request", "accepted", 4, 0.9, "0");

    JsonNode told = caller.get("/signals/" + id).json();

    assertThat(told.path("signal").path("contact").path("id").asLong()).isEqualTo(77);
    JsonNode evidence = told.path("evidence").path(0);
    assertThat(evidence.path("quote").asString()).isEqualTo("I want a refund");
    assertThat(evidence.path("link").asString())
        .endsWith("/conversations/" + conversation + "?messageId=" + message);
    rows.delete(message);
    assertThat(caller.get("/signals/" + id).json().path("evidence"))
        .as("not even before the job has seen it")
        .isEmpty();
    jdbc.sql("update signals set status = 'dismissed', occurrences = 0 where id = :id")
        .param("id", id)
        .update();
    assertThat(types("")).as("it is only kept so that it does not come back").isEmpty();
    assertThat(caller.get("/signals/" + id).code()).isEqualTo("not_found");
    assertThat(caller.call("PATCH", "/signals/" + id, "{\"status\": \"accepted\"}").code())
        .isEqualTo("not_found");
    assertThat(caller.get("/signals/" + UUID.randomUUID()).code()).isEqualTo("not_found");
    assertThat(caller.get("/signals/7").code()).isEqualTo("not_found");
  }

  @Test
  void a_person_decides_on_a_signal_and_the_audit_log_has_it() {
    UUID id = signal("refund_request", "proposed", 4, 0.5, "0");
    Caller runner = Caller.anonymous(port).token(rows.token("run", rows.project, "1 day"));
    Caller reader = Caller.anonymous(port).token(rows.token("read", rows.project, "1 day"));

    Answer answer = runner.call("PATCH", "/signals/" + id, "{\"status\": \"dismissed\"}");

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("signal").path("status").asString()).isEqualTo("dismissed");
    assertThat(answer.json().path("signal").path("decided_by").asString()).isEqualTo("a test");
    JsonNode noted = caller.get("/audit").json().path("items").path(0);
    assertThat(noted.path("action").asString()).isEqualTo("signal.change");
    assertThat(noted.path("before").path("status").asString()).isEqualTo("proposed");
    assertThat(reader.call("PATCH", "/signals/" + id, "{\"status\": \"done\"}").code())
        .isEqualTo("forbidden");
    for (String wrong : List.of("{}", "{\"status\": \"open\"}")) {
      assertThat(runner.call("PATCH", "/signals/" + id, wrong).code()).isEqualTo("invalid_request");
    }
    assertThat(
            runner.call("PATCH", "/signals/" + UUID.randomUUID(), "{\"status\": \"done\"}").code())
        .isEqualTo("not_found");
  }

  @Test
  void a_project_has_rules_of_its_own_which_must_do_what_they_say() {
    Map<String, Object> rule =
        Map.of(
            "name",
            "rocket",
            "type",
            "praise",
            "severity",
            2,
            "confidence",
            0.7,
            "phrases",
            List.of("to the (moon|stars)"),
            "unless",
            List.of("to the moon .. broken"),
            "matches",
            List.of("You bring us to the stars"),
            "ignores",
            List.of("To the moon it is broken"));

    Answer answer = put(List.of(rule));

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode kept = caller.get("/signal-rules").json().path("rules");
    assertThat(kept).hasSize(1);
    assertThat(kept.path(0).path("phrases").path(0).asString()).isEqualTo("to the (moon|stars)");
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of("matches", List.of("to the sea")),
            Map.of("matches", List.of()),
            Map.of("ignores", List.of("to the moon")),
            Map.of("phrases", List.of("(to the")),
            Map.of("phrases", List.of()),
            Map.of("type", "communication_gap"),
            Map.of("type", "anger"),
            Map.of("severity", 6),
            Map.of("confidence", 0),
            Map.of("name", "Rocket!"))) {
      Map<String, Object> changed = new java.util.HashMap<>(rule);
      changed.putAll(wrong);
      assertThat(put(List.of(changed)).code()).as(wrong.toString()).isEqualTo("invalid_request");
    }
    assertThat(put(List.of(rule, rule)).code()).isEqualTo("invalid_request");
    assertThat(caller.get("/signal-rules").json().path("rules")).hasSize(1);
    assertThat(
            Caller.anonymous(port)
                .token(rows.token("run", rows.project, "1 day"))
                .call("PUT", "/signal-rules", "{\"rules\": []}")
                .code())
        .isEqualTo("forbidden");
    assertThat(put(List.of()).status()).isEqualTo(200);
    assertThat(caller.get("/signal-rules").json().path("rules")).isEmpty();
  }

  private Answer put(List<Map<String, Object>> rules) {
    return caller.call("PUT", "/signal-rules", JSON.writeValueAsString(Map.of("rules", rules)));
  }
}
