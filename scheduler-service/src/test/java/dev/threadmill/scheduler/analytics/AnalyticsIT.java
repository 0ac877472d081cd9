package dev.threadmill.scheduler.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.SchedulerIT;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AnalyticsIT extends SchedulerIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @Autowired private RunRequests requests;
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private TransactionTemplate transaction;

  private UUID project;
  private Source source;

  @BeforeEach
  void a_project() {
    project = newProject();
    source = sources.bind(project, URI.create("https://" + project + ".example.com"), 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatever_happens_the_numbers_are_those_of_a_count_over_all_rows(long seed) {
    var history = new RandomHistory(jdbc, source, seed);
    for (int run = 0; run < 4; run++) {
      for (int step = 0; step < 50; step++) {
        history.step();
      }
      if (run == 2) {
        erase(history.anyNumber());
      }
      assertThat(run().path("left").asBoolean()).isFalse();

      var plain = new PlainNumbers(jdbc, project);
      assertThat(plain.stored()).as("after run " + run).isEqualTo(plain.count());
      assertThat(plain.stored()).isNotEmpty();
      assertThat(backlog("analytics_months")).isEqualTo(backlog("analytics_daily"));
    }
  }

  private void erase(long conversation) {
    UUID id =
        transaction.execute(
            status ->
                erasures
                    .request(source, Kind.CONVERSATION, conversation, "test")
                    .orElseThrow()
                    .erasure()
                    .id());
    await()
        .atMost(PATIENCE)
        .until(() -> erasures.find(project, id).orElseThrow().finishedAt() != null);
  }

  /** Of each inbox and agent, and of each level. */
  private List<Map<String, Object>> backlog(String table) {
    return jdbc.sql(
            """
            select level, inbox_id, agent_id, sum(backlog_change)::bigint as n from %s where project_id = :project
            group by 1, 2, 3 having sum(backlog_change) <> 0 order by 1, 2, 3
            """
                .formatted(table))
        .param("project", project)
        .query()
        .listOfRows();
  }

  @Test
  void only_the_days_that_changed_are_computed_and_without_news_none() {
    conversation(1, "open", "2026-03-01T10:00:00Z");
    conversation(2, "open", "2026-03-02T10:00:00Z");
    message(11, 1, "incoming", "2026-03-03T10:00:00Z");
    assertThat(run().path("days").asInt()).isEqualTo(3);
    Map<String, String> before = versions();

    JsonNode again = run();

    assertThat(again.path("conversations").asInt()).isZero();
    assertThat(again.path("days").asInt()).isZero();
    assertThat(versions()).isEqualTo(before);

    // It was written long ago and is stored late; what it says changes and counts nothing.
    message(12, 2, "incoming", "2026-03-01T12:00:00Z");
    jdbc.sql("update cw_messages set content = 'edited', changed_at = now() where global_id = :id")
        .param("id", messageId(11))
        .update();
    JsonNode late = run();

    assertThat(late.path("conversations").asInt()).isEqualTo(2);
    assertThat(late.path("days").asInt()).isEqualTo(1);
    Map<String, String> after = versions();
    assertThat(after.get("2026-03-01")).isNotEqualTo(before.get("2026-03-01"));
    assertThat(after.get("2026-03-02")).isEqualTo(before.get("2026-03-02"));
    assertThat(after.get("2026-03-03")).isEqualTo(before.get("2026-03-03"));
    assertThat(number("2026-03-01", "messages_in")).isEqualTo(1);
  }

  @Test
  void each_time_a_conversation_was_resolved_and_opened_again_counts() {
    conversation(1, "open", "2026-03-01T10:00:00Z");
    message(11, 1, "activity", "2026-03-02T10:00:00Z");
    status(1, "resolved", "2026-03-02T10:00:05Z");
    assertThat(run().path("conversations").asInt()).isEqualTo(1);
    assertThat(number("2026-03-02", "resolution_median")).as("by the activity").isEqualTo(86_400);
    // It is seen later than this, but before the last look: only its last activity tells when.
    status(1, "open", "2026-03-04T09:00:00Z");
    status(1, "resolved", "2026-03-05T10:00:00Z");
    message(12, 1, "activity", "2026-03-02T12:00:00Z");
    run();

    assertThat(number("2026-03-01", "opened")).isEqualTo(1);
    assertThat(number("2026-03-02", "resolved")).isEqualTo(1);
    assertThat(number("2026-03-04", "reopened")).isEqualTo(1);
    assertThat(number("2026-03-05", "resolved")).isEqualTo(1);
    assertThat(number("2026-03-05", "resolution_median")).isEqualTo(4 * 86_400);
    assertThat(number("2026-03-05", "backlog_change")).isEqualTo(-1);
  }

  @Test
  void a_campaigns_message_is_no_first_response() {
    conversation(1, "open", "2026-03-01T10:00:00Z");
    conversation(2, "open", "2026-03-05T10:00:00Z");
    message(11, 1, "outgoing", "2026-03-01T11:00:00Z");
    message(21, 2, "outgoing", "2026-03-05T11:00:00Z");
    jdbc.sql(
            """
            with c as (
              insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
              values (:project, 'a campaign', 'paused', '{}', '[]', '{}', 'Noor', 'Noor', now()) returning id)
            insert into outbound_messages (project_id, campaign_id, contact_global_id, conversation_global_id, step, channel,
              text, state, claimed_at, sent_at, message_id)
            select :project, c.id, 'cwc:' || n, :conversation || n, 0, 'chatwoot', 'hello', 'sent', now(), now(), n * 10 + 1
            from c, unnest(array[1, 2]) n
            """)
        .param("project", project)
        .param("conversation", "cw:" + project + ":1:")
        .update();
    jdbc.sql(
            "update cw_conversations set first_reply_created_at = created_at + interval '1 hour' where project_id = :p")
        .param("p", project)
        .update();
    message(12, 1, "outgoing", "2026-03-02T10:00:00Z");

    run();

    assertThat(number("2026-03-02", "first_response_median")).isEqualTo(86_400);
    for (String day : List.of("2026-03-01", "2026-03-05")) {
      assertThat(number(day, "coalesce(first_response_median, -1)"))
          .as("nobody answered on " + day)
          .isEqualTo(-1);
    }
  }

  @Test
  void a_conversation_that_cannot_be_computed_is_set_aside_and_harms_no_other() {
    conversation(1, "open", "2026-03-01T10:00:00Z");
    conversation(2, "open", "12026-03-01T10:00:00Z");

    JsonNode result = run();

    assertThat(result.path("conversations").asInt()).isEqualTo(1);
    assertThat(result.path("set_aside").asInt()).isEqualTo(1);
    assertThat(number("2026-03-01", "opened")).isEqualTo(1);
    assertThat(run().path("set_aside").asInt()).as("not again at once").isZero();
  }

  @Test
  void another_time_zone_moves_what_was_counted_to_its_days() {
    conversation(1, "open", "2026-03-01T20:00:00Z");
    run();
    jdbc.sql("update projects set time_zone = 'Asia/Tokyo' where id = :id")
        .param("id", project)
        .update();

    JsonNode result = run();

    assertThat(result.path("outdated").asInt()).isEqualTo(1);
    assertThat(versions()).containsOnlyKeys("2026-03-02");
    assertThat(run().path("outdated").asInt()).isZero();

    jdbc.sql("update projects set time_zone = 'Mars/Olympus' where id = :id")
        .param("id", project)
        .update();
    UUID failed = finished();
    assertThat(of(failed, "status")).isEqualTo("failed");
    assertThat(of(failed, "error")).contains("Mars/Olympus");
  }

  private JsonNode run() {
    UUID run = finished();
    assertThat(of(run, "status")).as("%s", of(run, "coalesce(error, '')")).isIn("ok", "partial");
    return JSON.readTree(of(run, "result::text"));
  }

  private UUID finished() {
    UUID run =
        requests
            .request(
                new RunRequest(
                    project, JobType.ANALYTICS_AGGREGATES, RunTrigger.MANUAL, "test", Map.of()))
            .runId();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> of(run, "(finished_at is not null)::text").equals("true"));
    return run;
  }

  private String of(UUID run, String what) {
    return jdbc.sql("select " + what + " from job_runs where id = :id")
        .param("id", run)
        .query(String.class)
        .single();
  }

  /** Of each day of the project when its row was written. */
  private Map<String, String> versions() {
    Map<String, String> versions = new java.util.TreeMap<>();
    jdbc.sql(
            "select day::text, xmin::text from analytics_daily where project_id = :project and level = 'project'")
        .param("project", project)
        .query(
            row -> {
              versions.put(row.getString(1), row.getString(2));
            });
    return versions;
  }

  private long number(String day, String column) {
    return jdbc.sql(
            """
            select %s::bigint from analytics_daily where project_id = :project and level = 'project' and day = :day::date
            """
                .formatted(column))
        .param("project", project)
        .param("day", day)
        .query(Long.class)
        .single();
  }

  private void conversation(int number, String status, String created) {
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, created_at,
              last_activity_at, data)
            values (:id, :project, :source, 1, :number, :status, :at::timestamptz, :at::timestamptz, '{}')
            """)
        .param("id", conversationId(number))
        .param("project", project)
        .param("source", source.id())
        .param("number", number)
        .param("status", status)
        .param("at", created)
        .update();
  }

  private void status(int number, String status, String lastActivity) {
    jdbc.sql(
            """
            update cw_conversations set status = :status, last_activity_at = :at::timestamptz, changed_at = now()
            where global_id = :id
            """)
        .param("status", status)
        .param("at", lastActivity)
        .param("id", conversationId(number))
        .update();
  }

  private void message(int number, int conversation, String type, String created) {
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, private,
              created_at, data)
            values (:id, :project, :conversation, :number, :type, false, :at::timestamptz, '{}')
            """)
        .param("id", messageId(number))
        .param("project", project)
        .param("conversation", conversationId(conversation))
        .param("number", number)
        .param("type", type)
        .param("at", created)
        .update();
  }

  private String conversationId(int number) {
    return "cw:" + project + ":1:" + number;
  }

  private String messageId(int number) {
    return "cwmsg:" + project + ":1:" + number;
  }
}
