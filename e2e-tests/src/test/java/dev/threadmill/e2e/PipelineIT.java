package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.threadmill.e2e.Api.Answer;
import dev.threadmill.localstack.LocalStack;
import dev.threadmill.localstack.RunningStack;
import dev.threadmill.localstack.StackOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The four jars as processes, as {@code make up} starts them, on a real database and broker. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PipelineIT {
  @TempDir static Path directory;

  private static OtlpReceiver receiver;
  private static RunningStack stack;
  private static Api api;

  @BeforeAll
  static void start() {
    receiver = new OtlpReceiver();
    var options = StackOptions.forTest(directory).withEnvironment(receiver.environment());
    stack = LocalStack.start(options, System.out::println);
    api = new Api(stack);
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
    receiver.close();
  }

  @Test
  @Order(1)
  void a_message_travels_from_the_api_to_a_search_hit() {
    JsonNode first = api.syncToTheEnd();
    assertThat(first.path("status").asString()).as("%s", first).isEqualTo("ok");
    String code = "QX-" + UUID.randomUUID().toString().substring(0, 8);
    JsonNode written =
        api.customerWrites(
            "My parcel "
                + code
                + " arrived with a broken lamp inside and I would like my money back.");

    assertThat(api.syncToTheEnd().path("status").asString()).isEqualTo("ok");

    awaitNothingWaits();
    JsonNode status = api.get("/jobs/status").body();
    assertThat(status.path("rag_counts").path("ready").asLong()).isPositive();
    assertThat(status.path("rag_counts").path("failed").asLong()).isZero();
    assertThat(status.path("entities").path("messages").asLong()).isGreaterThan(500);
    JsonNode byMeaning =
        firstHit("customer wants a refund for a damaged lamp in the delivery " + code);
    JsonNode byWord = firstHit(code);
    for (JsonNode hit : List.of(byMeaning, byWord)) {
      assertThat(hit.path("text").asString()).contains(code);
      assertThat(hit.path("message_id").asLong()).isEqualTo(written.path("id").asLong());
      assertThat(hit.path("link").asString())
          .isEqualTo(
              stack.simulatorUrl()
                  + "/app/accounts/1/conversations/"
                  + written.path("conversation_id").asLong()
                  + "?messageId="
                  + written.path("id").asLong());
    }
    assertThat(byMeaning.path("score_parts").path("similarity").isNumber()).isTrue();
  }

  /** All that follows happens with no more rights than these; the worker gets its own below. */
  @Test
  @Order(2)
  void services_go_on_with_roles_that_write_their_own_tables_only() throws Exception {
    Path script = Path.of(System.getProperty("threadmill.root")).resolve("deploy/roles.sql");
    execute(Files.readString(script));
    atOnce(
        () -> restartAs("ingest-service", "threadmill_ingest"),
        () -> restartAs("scheduler-service", "threadmill_scheduler"),
        () -> restartAs("api-gateway", "threadmill_gateway"));

    JsonNode sync = api.syncToTheEnd();

    assertThat(sync.path("status").asString()).as("%s", sync).isEqualTo("ok");
    assertThat(api.post("/tokens", Map.of("name", "for reading", "scope", "read")).status())
        .isEqualTo(201);
  }

  @Test
  @Order(3)
  void a_signed_webhook_makes_a_message_searchable_without_any_sync() {
    JsonNode lastSync = api.get("/jobs/status").body().path("job_runs").path("chatwoot_sync");
    String code = "WX-" + UUID.randomUUID().toString().substring(0, 8);
    JsonNode written =
        api.customerWrites("The voucher " + code + " is refused in the shop although it is new.");

    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> firstHit(code).path("message_id").asLong() == written.path("id").asLong());

    assertThat(api.get("/jobs/status").body().path("job_runs").path("chatwoot_sync").path("run_id"))
        .isEqualTo(lastSync.path("run_id"));
  }

  @Test
  @Order(4)
  void a_tick_by_hand_starts_every_job_when_all_are_due() {
    await().until(() -> scheduled().size() == 6);
    List<String> jobs = scheduled();
    execute(
        "update scheduled_jobs set next_run_at = now() - interval '1 second' where status ="
            + " 'active'");

    Answer tick = api.post("/jobs/scheduler/tick?wait=60");

    assertThat(tick.status()).as("%s", tick.body()).isEqualTo(200);
    assertThat(tick.body().path("processed").asInt()).isEqualTo(jobs.size());
    assertThat(tick.body().path("ok").asInt()).as("%s", tick.body()).isEqualTo(jobs.size());
    assertThat(
            tick.body().path("details").valueStream().map(run -> run.path("job_type").asString()))
        .containsExactlyInAnyOrderElementsOf(jobs);
  }

  private static List<String> scheduled() {
    return api.get("/jobs/scheduler")
        .body()
        .path("items")
        .valueStream()
        .map(schedule -> schedule.path("job_type").asString())
        .toList();
  }

  @Test
  @Order(5)
  void metrics_are_those_that_the_page_documents() {
    new Monitored(stack).showsWhatThePageDocuments();
  }

  @Test
  @Order(6)
  void dashboards_and_alerts_ask_for_what_the_services_show() {
    new Monitored(stack).showsWhatDashboardsAndAlertsAskFor(directory.resolve("prometheus"));
  }

  @Test
  @Order(7)
  void the_commands_of_the_runbooks_work() throws Exception {
    new Monitored(stack).answersTheCommandsOfTheRunbooks();
  }

  @Test
  @Order(8)
  void one_trace_goes_from_request_or_tick_over_the_events_to_provider_and_row() {
    new Traced(receiver).fromRequestToRow(api);
    new Traced(receiver).fromQuestionToHits(api);
  }

  @Test
  @Order(9)
  void the_insight_jobs_find_what_the_story_tells() {
    StoryCase upsell = StoryCase.of(api, "timur@example.org");
    StoryCase silent = StoryCase.of(api, "solveig@example.com");
    StoryCase angry = StoryCase.of(api, "marlon.teak@example.com");
    StoryCase happy = StoryCase.of(api, "ines@example.com");

    api.run("signals_extraction");
    api.run("health_scoring");
    api.run("analytics_aggregates");

    assertThat(upsell.signals()).contains("upsell_intent");
    assertThat(upsell.quotes("upsell_intent"))
        .as("in Russian")
        .anyMatch(quote -> quote.contains("ещё два магазина"));
    assertThat(silent.signals()).contains("communication_gap");
    assertThat(angry.signals()).contains("complaint", "refund_request");
    assertThat(upsell.signals()).doesNotContain("communication_gap", "complaint");
    assertThat(happy.signals()).doesNotContain("complaint", "churn_risk");
    assertThat(upsell.score())
        .as("who has waited for an offer for eight days")
        .isLessThan(happy.score());
    assertThat(api.get("/analytics/daily").body().toString()).contains("upsell_intent");
    assertThat(happy.say(5).status()).isEqualTo(200);
    assertThat(happy.score()).isEqualTo(5);
  }

  /** The story moves in time, for the clocks of a database and four processes do not. */
  @Test
  @Order(10)
  void an_angry_customers_score_is_low_and_fades_back() throws SQLException {
    StoryCase angry = StoryCase.of(api, "marlon.teak@example.com");
    int today = angry.score();

    // As it was 36 days ago: the complaints are fresh, and what came later did not happen yet.
    move(angry, "interval '36 days'");
    api.run("signals_extraction");
    api.run("health_scoring");
    int then = angry.score();
    move(angry, "- interval '36 days'");
    api.run("signals_extraction");
    api.run("health_scoring");

    assertThat(then).isLessThan(60);
    assertThat(today).isGreaterThan(then + 10);
    // Equal rows, equal score; but for the minute that has passed, which may round it another way.
    assertThat(angry.score()).isCloseTo(today, within(1));
  }

  private static void move(StoryCase angry, String by) throws SQLException {
    String of = "= 'cw:%s:1:%d'".formatted(stack.projectId(), angry.conversation());
    execute(
        """
        update cw_messages
        set created_at = created_at + %1$s, changed_at = now(),
          deleted_at = case when created_at + %1$s > now() then now() end
        where conversation_global_id %2$s;
        update cw_conversations
        set created_at = created_at + %1$s, last_activity_at = last_activity_at + %1$s, changed_at = now()
        where global_id %2$s;
        update signals set first_seen_at = first_seen_at + %1$s, last_seen_at = last_seen_at + %1$s
        where conversation_global_id %2$s;
        update signal_evidence set said_at = said_at + %1$s where conversation_global_id %2$s;
        """
            .formatted(by, of));
  }

  @Test
  @Order(11)
  void a_campaign_writes_each_message_once_and_stops_for_who_opts_out_or_replies()
      throws SQLException {
    StoryCase optsOut = StoryCase.of(api, "petra@example.com");
    StoryCase replies = StoryCase.of(api, "kofi@example.com");
    StoryCase quiet = StoryCase.of(api, "solveig@example.com");
    List<StoryCase> all = List.of(optsOut, replies, quiet);
    all.forEach(one -> one.label("autumn"));
    api.syncToTheEnd();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> all.stream().allMatch(one -> one.has("autumn")));
    String autumn = campaign("Ten percent off until Sunday.", "Only two days are left.");
    assertThat(api.change("PATCH", autumn, Map.of("name", "Autumn")).status()).isEqualTo(200);
    api.run("campaign_scheduler");
    assertThat(heard(all, "Ten percent off until Sunday."))
        .as("nobody approved it yet")
        .containsExactly(0L, 0L, 0L);

    assertThat(api.post(autumn + "/approve").status()).isEqualTo(200);
    assertThat(api.run("campaign_scheduler").path("sent").asInt()).isEqualTo(3);
    optsOut.writes(
        "Please stop sending me advertising. Unsubscribe me from all campaigns, I only want answers"
            + " about my orders.");
    replies.writes("Yes, I was about to ask. Can somebody call me on Thursday afternoon?");
    api.syncToTheEnd();
    assertThat(api.get("/opt-outs").body().path("items").toString())
        .as("before any run")
        .contains(optsOut.contactId())
        .doesNotContain(replies.contactId());
    execute("update campaign_members set due_at = now() where due_at is not null");
    api.run("campaign_scheduler");
    String winter = campaign("We are closed on Monday.");
    assertThat(api.post(winter + "/approve").status()).isEqualTo(200);
    api.run("campaign_scheduler");

    assertThat(heard(all, "Ten percent off until Sunday.")).containsExactly(1L, 1L, 1L);
    assertThat(heard(all, "Only two days are left.")).containsExactly(0L, 0L, 1L);
    assertThat(heard(all, "We are closed on Monday."))
        .as("who opted out is not written to again")
        .containsExactly(0L, 1L, 1L);
    assertThat(
            api.get(autumn + "/members?state=stopped")
                .body()
                .path("items")
                .valueStream()
                .map(member -> member.path("contact_global_id").asString()))
        .containsExactlyInAnyOrder(optsOut.contactId(), replies.contactId());
  }

  private static List<Long> heard(List<StoryCase> all, String text) {
    return all.stream().map(one -> one.heard(text)).toList();
  }

  /** One for those with the label; each text three days after the one before. */
  private static String campaign(String... texts) {
    List<Map<String, ?>> steps = new ArrayList<>();
    for (String text : texts) {
      steps.add(Map.of("day_offset", 3 * steps.size(), "template", text));
    }
    Answer created =
        api.post(
            "/campaigns",
            Map.of(
                "name",
                texts[0],
                "segment",
                Map.of("labels", List.of("autumn")),
                "steps",
                steps,
                "rules",
                Map.of("contact_per_week", 10)));
    assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
    return "/campaigns/" + created.body().path("id").asString();
  }

  @Test
  @Order(12)
  void a_worker_killed_in_the_middle_loses_nothing() {
    String code = "KX-" + UUID.randomUUID().toString().substring(0, 8);
    for (int i = 0; i < 40; i++) {
      api.customerWrites(
          "Message "
              + i
              + " of order "
              + code
              + " about an invoice that has the wrong address on it.");
    }
    JsonNode run = api.post("/jobs/chatwoot/sync").body();
    stack.kill("embed-worker-1");
    stack.kill("ingest-service");

    atOnce(
        () -> stack.start("ingest-service"), () -> restartAs("embed-worker-1", "threadmill_embed"));

    assertThat(api.finished(run).path("status").asString()).isEqualTo("ok");
    assertThat(api.syncToTheEnd().path("status").asString()).isEqualTo("ok");
    // What the dead worker had claimed comes back with its lease, which is long; nothing else waits
    // for it.
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> api.get("/jobs/status").body().path("rag_counts").path("pending").asLong() == 0);
    JsonNode hits = api.post("/search", Map.of("query", code, "top_k", 50)).body().path("hits");
    assertThat(hits.valueStream().filter(hit -> hit.path("text").asString().contains(code)))
        .hasSize(40);
  }

  @Test
  @Order(13)
  void a_run_asked_for_while_the_broker_is_away_happens_when_it_is_back() {
    stack.kill("kafka");

    Answer accepted = api.post("/jobs/chatwoot/sync");
    assertThat(accepted.status()).isEqualTo(202);
    stack.start("kafka");

    assertThat(api.finished(accepted.body()).path("status").asString()).isEqualTo("ok");
  }

  @Test
  @Order(14)
  void the_services_recover_by_themselves_when_the_database_was_away() {
    stack.kill("postgres");
    stack.start("postgres");

    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> api.get("/jobs/status").status() == 200);
    assertThat(api.finished(api.post("/jobs/embeddings/run").body()).path("status").asString())
        .isEqualTo("ok");
  }

  @Test
  @Order(15)
  void no_log_and_no_trace_holds_a_secret_or_what_customers_wrote_or_a_right_that_is_missing()
      throws Exception {
    var said = Said.of(directory.resolve("logs"), receiver);
    said.never(
        "permission denied",
        "of-this-role-only",
        stack.apiToken(),
        stack.databasePassword(),
        "simulator-admin-token",
        "broken lamp inside",
        "timur@example.org");
    // Its token and password once more, what signs webhooks, and what encrypts sources' tokens.
    said.never(Said.valuesOf(directory.resolve("secrets.env")));
    said.namesTraceRunAndProject();
  }

  @Test
  @Order(16)
  void a_closed_stack_leaves_no_process() {
    List<ProcessHandle> processes =
        stack.variables().entrySet().stream()
            .filter(
                entry -> entry.getKey().startsWith("PID_") && !entry.getKey().equals("PID_STACK"))
            .flatMap(entry -> ProcessHandle.of(Long.parseLong(entry.getValue())).stream())
            .toList();
    assertThat(processes).hasSizeGreaterThanOrEqualTo(7);

    stack.close();

    await().untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
  }

  private static void atOnce(Runnable... all) {
    CompletableFuture.allOf(
            Stream.of(all).map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new))
        .join();
  }

  private static void restartAs(String service, String role) {
    execute("alter role %s login password 'of-this-role-only'".formatted(role));
    stack.restart(
        service,
        Map.of(
            "SPRING_DATASOURCE_USERNAME",
            role,
            "SPRING_DATASOURCE_PASSWORD",
            "of-this-role-only",
            "SPRING_FLYWAY_USER",
            "threadmill",
            "SPRING_FLYWAY_PASSWORD",
            stack.databasePassword(),
            "CAMPAIGN_SEND_ENABLED",
            "true",
            "CAMPAIGN_REQUESTS_PER_MINUTE",
            "6000"));
  }

  private static void awaitNothingWaits() {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              JsonNode counts = api.get("/jobs/status").body().path("rag_counts");
              return counts.path("pending").asLong() + counts.path("processing").asLong() == 0;
            });
  }

  private static JsonNode firstHit(String query) {
    Answer answer = api.post("/search", Map.of("query", query, "top_k", 3));
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    return answer.body().path("hits").path(0);
  }

  private static void execute(String sql) {
    new Tables(stack.jdbcUrl(), "threadmill", stack.databasePassword()).execute(sql);
  }
}
