package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Three conversations: Ada's twice answered late in inbox 7, Bob's in inbox 8. */
@GatewayTest
class AnalyticsReadingIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project_with_facts() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, created_at,
              last_activity_at, data)
            select 'cw:' || :project || ':' || letter, :project, :source, :account, ascii(letter), 'open', now(), now(), '{}'
            from unnest(array['a', 'b', 'c']) letter
            """)
        .param("project", rows.project)
        .param("source", rows.source)
        .param("account", rows.account())
        .update();
    fact("a", "2026-01-31", 7, 4, "ada", 1, 0, 1, 10);
    fact("b", "2026-02-02", 7, 4, "ada", 1, 0, 1, 20);
    fact("b", "2026-02-04", 7, 4, "ada", 0, 1, 2, null);
    fact("c", "2026-02-10", 8, 0, "bob", 1, 0, 1, 100);
    // As the job sums them up.
    jdbc.sql(
            """
            insert into analytics_daily (project_id, level, day, inbox_id, agent_id, opened, resolved, reopened, messages_in,
              messages_out, contacts, first_response_median, first_response_p90, signals)
            select project_id, (array['inbox_agent', 'inbox', 'agent', 'project'])[1 + grouping(inbox_id, agent_id)], day,
              coalesce(inbox_id, 0), coalesce(agent_id, 0), sum(opened), sum(resolved), 0, sum(messages_in), 0, count(*),
              avg(first_response_seconds), max(first_response_seconds), '{"complaint": 2}'
            from analytics_facts where project_id = :project
            group by grouping sets ((project_id, day), (project_id, day, inbox_id), (project_id, day, agent_id),
              (project_id, day, inbox_id, agent_id))
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into analytics_months (project_id, level, month, inbox_id, agent_id, backlog_change)
            select project_id, level, date_trunc('month', day)::date, inbox_id, agent_id, sum(backlog_change)
            from analytics_daily where project_id = :project group by 1, 2, 3, 4, 5
            """)
        .param("project", rows.project)
        .update();
    for (String table : List.of("analytics_dirty_days", "changed_conversations")) {
      jdbc.sql("delete from " + table + " where project_id = :project")
          .param("project", rows.project)
          .update();
    }
    jdbc.sql(
            """
            insert into embedding_usage (project_id, day, model, tokens, cost_usd)
            values (:project, '2026-02-04', 'small', 1000, 0.002), (:project, '2026-02-04', 'large', 10, 0.5)
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into cw_inboxes (global_id, project_id, source_id, account_id, inbox_id, name, data)
            values ('cwi:' || :project || ':' || :account || ':7', :project, :source, :account, 7, '=1+1', '{}')
            """)
        .param("project", rows.project)
        .param("source", rows.source)
        .param("account", rows.account())
        .update();
    jdbc.sql(
            "insert into analytics_agents (project_id, agent_id, name) values (:project, 4, 'Noor')")
        .param("project", rows.project)
        .update();
  }

  private void fact(
      String conversation,
      String day,
      long inbox,
      long agent,
      String contact,
      int opened,
      int resolved,
      int messagesIn,
      Integer response) {
    jdbc.sql(
            """
            insert into analytics_facts (project_id, conversation_global_id, day, inbox_id, agent_id, contact_global_id,
              opened, resolved, reopened, messages_in, messages_out, first_response_seconds, signals)
            values (:project, 'cw:' || :project || ':' || :conversation, :day::date, :inbox, :agent,
              :contact || :project, :opened, :resolved, 0, :in, 0, :response::bigint, '{}')
            """)
        .param("project", rows.project)
        .param("conversation", conversation)
        .param("day", day)
        .param("inbox", inbox)
        .param("agent", agent)
        .param("contact", contact)
        .param("opened", opened)
        .param("resolved", resolved)
        .param("in", messagesIn)
        .param("response", response)
        .update();
  }

  private List<JsonNode> items(String query) {
    Caller.Answer answer = caller.get("/analytics/daily?" + query);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("items").valueStream().toList();
  }

  private static List<Long> longs(List<JsonNode> items, String field) {
    return items.stream().map(item -> item.path(field).asLong()).toList();
  }

  private static List<String> texts(List<JsonNode> items, String field) {
    return items.stream().map(item -> item.path(field).asString("")).toList();
  }

  @Test
  void each_day_is_there_with_the_backlog_at_its_end() {
    JsonNode answer = caller.get("/analytics/daily?from=2026-02-01&to=2026-02-05").json();
    List<JsonNode> days = answer.path("items").valueStream().toList();

    assertThat(texts(days, "period"))
        .containsExactly("2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05");
    assertThat(longs(days, "backlog"))
        .as("one is from January")
        .containsExactly(1L, 2L, 2L, 1L, 1L);
    assertThat(longs(days, "opened")).containsExactly(0L, 1L, 0L, 0L, 0L);
    assertThat(longs(days, "messages_in")).containsExactly(0L, 1L, 0L, 2L, 0L);
    assertThat(longs(days, "embedding_tokens")).containsExactly(0L, 0L, 0L, 1010L, 0L);
    assertThat(days.get(3).path("embedding_cost_usd").decimalValue()).isEqualByComparingTo("0.502");
    assertThat(days.get(1).path("signals").path("complaint").asLong()).isEqualTo(2);
    assertThat(days.get(1).path("first_response_seconds_median").asDouble()).isEqualTo(20);
    assertThat(days.get(2).path("first_response_seconds_median").isNull()).isTrue();
    assertThat(answer.path("time_zone").asString()).isEqualTo("UTC");
    assertThat(answer.path("up_to_date").asBoolean()).isTrue();
    assertThat(items("")).hasSize(30);
  }

  @Test
  void of_several_days_contacts_count_once_and_percentiles_are_those_of_all_times() {
    List<JsonNode> total = items("from=2026-01-01&to=2026-02-28&group_by=total");

    assertThat(longs(total, "contacts")).containsExactly(2L);
    assertThat(total.getFirst().path("first_response_seconds_median").asDouble()).isEqualTo(20);
    assertThat(total.getFirst().path("first_response_seconds_p90").asDouble()).isEqualTo(84);
    assertThat(longs(total, "messages_in")).containsExactly(5L);
    assertThat(longs(total, "backlog")).containsExactly(2L);

    List<JsonNode> inboxes = items("from=2026-01-01&to=2026-02-28&group_by=inbox");
    assertThat(longs(inboxes, "inbox_id")).containsExactly(7L, 8L);
    assertThat(texts(inboxes, "inbox")).containsExactly("=1+1", "");
    assertThat(longs(inboxes, "contacts")).containsExactly(1L, 1L);
    assertThat(inboxes.getFirst().path("first_response_seconds_median").asDouble()).isEqualTo(15);
    assertThat(inboxes.getFirst().path("embedding_tokens").isNull()).isTrue();

    List<JsonNode> agents = items("from=2026-01-01&to=2026-02-28&group_by=month,agent");
    assertThat(texts(agents, "period")).containsExactly("2026-01-01", "2026-02-01", "2026-02-01");
    assertThat(texts(agents, "agent")).containsExactly("Noor", "", "Noor");
    assertThat(longs(agents, "backlog")).containsExactly(1L, 1L, 1L);

    List<JsonNode> both = items("from=2026-02-01&to=2026-02-28&group_by=week,inbox,agent");
    assertThat(texts(both, "period"))
        .as("weeks begin on Monday")
        .contains("2026-01-26", "2026-02-02", "2026-02-09");
    assertThat(both.stream().mapToLong(row -> row.path("messages_in").asLong()).sum()).isEqualTo(4);
  }

  @Test
  void a_file_computes_nothing_in_a_spreadsheet() {
    Caller.Answer answer =
        caller.get(
            "/analytics/daily?from=2026-01-01&to=2026-02-28&group_by=inbox,agent&format=csv");

    assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/csv");
    String[] lines = answer.text().split("\r\n");
    assertThat(lines).hasSize(3);
    assertThat(lines[0])
        .startsWith("period,inbox_id,inbox,agent_id,agent,opened,resolved,reopened,backlog,")
        .contains(",signals_complaint,")
        .endsWith(",embedding_tokens,embedding_cost_usd");
    assertThat(lines[1]).startsWith("2026-01-01,7,'=1+1,4,Noor,2,1,0,1,4,0,1,15.0,");
    assertThat(lines[2]).startsWith("2026-01-01,8,,,,1,0,0,1,1,0,1,100.0,");
  }

  @Test
  void what_cannot_be_asked_is_refused_by_name_and_what_waits_is_told() {
    for (String query :
        List.of(
            "from=yesterday",
            "from=2026-02-02&to=2026-02-01",
            "from=2024-01-01&to=2026-02-01",
            "group_by=planet",
            "group_by=day,week",
            "format=xml")) {
      Caller.Answer answer = caller.get("/analytics/daily?" + query);
      assertThat(answer.code()).as(query).isEqualTo("invalid_request");
      assertThat(answer.json().path("detail").asString()).contains("'" + query.split("=")[0] + "'");
    }
    long conversation = rows.conversation("open");

    assertThat(conversation).isPositive();
    assertThat(caller.get("/analytics/daily").json().path("up_to_date").asBoolean()).isFalse();
    assertThat(
            Caller.admin(port)
                .of(new Rows(jdbc).project)
                .get("/analytics/daily?group_by=inbox")
                .json()
                .path("items"))
        .as("another project")
        .isEmpty();
  }

  private boolean upToDate() {
    return caller.get("/analytics/daily").json().path("up_to_date").asBoolean();
  }

  @Test
  void administrators_set_business_hours_and_the_time_zone() {
    String hours =
        "{\"business_hours\":{\"days\":[\"mon\",\"fri\"],\"from\":\"09:00\",\"until\":\"24:00\"}}";
    assertThat(caller.get("/analytics/settings").json().path("business_hours").isNull()).isTrue();
    jdbc.sql(
            "insert into analytics_state (project_id, basis) values (:project, analytics_basis(:project))")
        .param("project", rows.project)
        .update();
    assertThat(upToDate()).isTrue();

    assertThat(caller.call("PUT", "/analytics/settings", hours).status()).isEqualTo(200);

    assertThat(caller.get("/analytics/settings").text()).isEqualTo(hours);
    // The numbers are still those of another time.
    assertThat(upToDate()).isFalse();
    for (String wrong :
        List.of(
            "{\"business_hours\":{\"days\":[],\"from\":\"09:00\",\"until\":\"17:00\"}}",
            "{\"business_hours\":{\"days\":[null],\"from\":\"09:00\",\"until\":\"17:00\"}}",
            "{\"business_hours\":{\"days\":[\"mon\"],\"from\":\"17:00\",\"until\":\"09:00\"}}")) {
      assertThat(caller.call("PUT", "/analytics/settings", wrong).code())
          .as(wrong)
          .isEqualTo("invalid_request");
    }
    Caller reader = Caller.anonymous(port).token(rows.token("read", rows.project, "1 hour"));
    assertThat(reader.call("PUT", "/analytics/settings", hours).code()).isEqualTo("forbidden");
    assertThat(reader.get("/analytics/daily").status()).isEqualTo(200);
    assertThat(
            caller.call("PUT", "/analytics/settings", "{}").json().path("business_hours").isNull())
        .isTrue();
    JsonNode entry = caller.get("/audit?limit=1").json().path("items").path(0);
    assertThat(entry.path("action").asString()).isEqualTo("analytics.settings");
    assertThat(entry.at("/before/business_hours/until").asString()).isEqualTo("24:00");

    String path = "/projects/" + rows.project;
    assertThat(
            caller
                .call("PATCH", path, "{\"time_zone\":\"Asia/Tokyo\"}")
                .json()
                .path("time_zone")
                .asString())
        .isEqualTo("Asia/Tokyo");
    assertThat(caller.call("PATCH", path, "{\"time_zone\":\"Mars/Olympus\"}").code())
        .isEqualTo("invalid_request");
    assertThat(caller.get("/analytics/daily").json().path("time_zone").asString())
        .isEqualTo("Asia/Tokyo");
  }
}
