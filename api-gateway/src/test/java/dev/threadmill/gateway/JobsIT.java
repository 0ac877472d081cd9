package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.SchedulerTick;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@GatewayTest
class JobsIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private EventCodec codec;
  @Autowired private KafkaConnection broker;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    await().atMost(Duration.ofSeconds(30)).until(broker::isUp);
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  @ParameterizedTest
  @CsvSource({"/jobs/chatwoot/sync, chatwoot_sync", "/v1/jobs/embeddings/run, embeddings_run"})
  void a_job_is_accepted_queued_and_announced(String path, String job) {
    Answer answer = caller.post(path);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("status").asString()).isEqualTo("queued");
    String run = answer.json().path("run_id").asString();
    assertThat(answer.response().headers().firstValue("Location")).contains("/jobs/runs/" + run);
    assertThat(caller.get("/jobs/runs/" + run).json().path("job_name").asString()).isEqualTo(job);
    JobRequested event = eventOf(Topic.JOB_REQUESTED, rows.project.toString(), JobRequested.class);
    assertThat(event.runId()).hasToString(run);
    assertThat(event.jobType().wireName()).isEqualTo(job);
  }

  @Test
  void a_second_request_answers_with_the_run_that_is_already_there() {
    Answer first = caller.post("/jobs/chatwoot/sync");

    Answer second = caller.post("/jobs/chatwoot/sync");

    assertThat(second.status()).isEqualTo(202);
    assertThat(second.json().path("run_id")).isEqualTo(first.json().path("run_id"));
    assertThat(second.json().path("created").asBoolean()).isFalse();
  }

  @Test
  void who_waits_gets_the_finished_run_with_its_result() throws Exception {
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> caller.post("/jobs/chatwoot/sync?wait=30"));
    await().until(() -> finish("ok", "{\"messages\": 12}") == 1);

    Answer answer = waiting.get(30, TimeUnit.SECONDS);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("status").asString()).isEqualTo("ok");
    assertThat(answer.json().path("result").path("messages").asInt()).isEqualTo(12);
  }

  @Test
  void who_waited_and_asks_again_with_the_same_key_gets_the_same_run() throws Exception {
    Caller sender = caller.with("Idempotency-Key", "waited-" + rows.project);
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> sender.post("/jobs/chatwoot/sync?wait=30"));
    await().until(() -> finish("ok", "{\"messages\": 12}") == 1);
    Answer first = waiting.get(30, TimeUnit.SECONDS);
    assertThat(first.status()).as(first.text()).isEqualTo(200);

    Answer again = sender.post("/jobs/chatwoot/sync?wait=30");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.response().headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(caller.get("/jobs/runs").json().path("items").size()).isEqualTo(1);
  }

  @Test
  void who_waits_too_short_gets_the_run_to_ask_for() {
    assertThat(caller.post("/jobs/chatwoot/sync?wait=1").status()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(strings = {"61", "-1", "soon"})
  void an_impossible_wait_is_refused(String wait) {
    Answer answer = caller.post("/jobs/chatwoot/sync?wait=" + wait);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("detail").asString()).contains("'wait'");
    assertThat(caller.get("/jobs/runs").json().path("items").size()).isZero();
  }

  @Test
  void a_setting_that_the_job_does_not_know_is_refused_by_name() {
    Answer answer = caller.post("/jobs/chatwoot/sync", Map.of("forse", true));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("detail").asString()).contains("'forse'");
  }

  @Test
  void a_queued_run_is_cancelled_at_once_and_followed_to_its_end() {
    String run = caller.post("/jobs/chatwoot/sync").json().path("run_id").asString();

    Answer cancelled = caller.post("/jobs/runs/" + run + "/cancel");

    assertThat(cancelled.json().path("status").asString()).isEqualTo("cancelled");
    String events = caller.get("/jobs/runs/" + run + "/events").text();
    assertThat(events).contains("event:run", "\"status\":\"cancelled\"", run);
  }

  @Test
  void runs_are_listed_newest_first_filtered_and_in_pages() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.addFirst(caller.post("/jobs/chatwoot/sync").json().path("run_id").asString());
      finish("ok", "{}");
    }
    caller.post("/jobs/embeddings/run");

    assertThat(ids("/jobs/runs?job=chatwoot_sync")).isEqualTo(ids);
    assertThat(ids("/jobs/runs?job=chatwoot_sync&limit=2")).isEqualTo(ids.subList(0, 2));
    assertThat(ids("/jobs/runs?limit=2&before=" + ids.get(1))).containsExactly(ids.get(2));
    assertThat(ids("/jobs/runs?status=queued")).hasSize(1);
    assertThat(caller.get("/jobs/runs?status=lost").status()).isEqualTo(400);
    assertThat(caller.get("/jobs/runs?job=dishes").status()).isEqualTo(400);
    assertThat(caller.get("/jobs/runs?limit=0").status()).isEqualTo(400);
  }

  @Test
  void a_tick_is_a_row_and_an_event() {
    Answer answer = caller.post("/jobs/scheduler/tick", Map.of("limit", 7));

    assertThat(answer.status()).isEqualTo(202);
    UUID tick = UUID.fromString(answer.json().path("tick_id").asString());
    assertThat(caller.get("/jobs/scheduler/ticks/" + tick).json().path("claimed").asBoolean())
        .isFalse();
    SchedulerTick event = eventOf(Topic.SCHEDULER_TICK, tick.toString(), SchedulerTick.class);
    assertThat(event.limit()).isEqualTo(7);
    assertThat(event.projectId()).isEqualTo(rows.project);
    assertThat(caller.post("/jobs/scheduler/tick", Map.of("limit", 0)).status()).isEqualTo(400);
  }

  @Test
  void who_waits_for_a_tick_learns_what_it_did() throws Exception {
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> caller.post("/jobs/scheduler/tick?wait=30"));
    // What the scheduler does: one schedule was due, and its run failed.
    await()
        .until(
            () ->
                jdbc.sql(
                            """
                            with tick as (
                              select id, project_id from scheduler_ticks where project_id = :project),
                            schedule as (
                              insert into scheduled_jobs (project_id, job_type, cadence_seconds)
                              select project_id, 'chatwoot_sync', 900 from tick returning id, project_id),
                            run as (
                              insert into job_runs (project_id, job_name, trigger, requested_by, status, error, finished_at)
                              select project_id, 'chatwoot_sync', 'schedule', 'scheduler', 'failed', 'no', now() from tick
                              returning id)
                            insert into worker_runs (project_id, scheduled_job_id, job_run_id, tick_id, scheduled_for, coalesced)
                            select tick.project_id, schedule.id, run.id, tick.id, now(), false from tick, schedule, run
                            """)
                        .param("project", rows.project)
                        .update()
                    == 1);
    jdbc.sql(
            "update scheduler_ticks set processed_at = now(), due_count = 1 where project_id = :project")
        .param("project", rows.project)
        .update();

    Answer answer = waiting.get(30, TimeUnit.SECONDS);

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("processed").asInt()).isEqualTo(1);
    assertThat(answer.json().path("ok").asInt()).isZero();
    assertThat(answer.json().path("failed").asInt()).isEqualTo(1);
    assertThat(answer.json().path("finished").asBoolean()).isTrue();
    assertThat(answer.json().path("details").path(0).path("error").asString()).isEqualTo("no");
    String path = "/jobs/scheduler/ticks/" + answer.json().path("tick_id").asString();
    assertThat(caller.get(path).json()).isEqualTo(answer.json());
    assertThat(Caller.admin(port).of(new Rows(jdbc).project).get(path).status()).isEqualTo(404);
    assertThat(
            caller.get("/jobs/scheduler").json().path("items").path(0).path("job_type").asString())
        .isEqualTo("chatwoot_sync");
  }

  private List<String> ids(String path) {
    return caller
        .get(path)
        .json()
        .path("items")
        .valueStream()
        .map(run -> run.path("run_id").asString())
        .toList();
  }

  private int finish(String status, String result) {
    return jdbc.sql(
            """
            update job_runs set status = :status, finished_at = now(), result = :result::jsonb
            where project_id = :project and status = 'queued' and job_name = 'chatwoot_sync'
            """)
        .param("status", status)
        .param("result", result)
        .param("project", rows.project)
        .update();
  }

  private <E extends dev.threadmill.core.event.Event> E eventOf(
      Topic topic, String key, Class<E> type) {
    var config =
        Map.<String, Object>of(
            "bootstrap.servers",
            TestServers.shared().bootstrapServers(),
            "group.id",
            "reader-" + UUID.randomUUID(),
            "auto.offset.reset",
            "earliest");
    List<E> found = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(Set.of(topic.topicName()));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                consumer
                    .poll(Duration.ofMillis(200))
                    .forEach(
                        record -> {
                          if (record.key().equals(key)) {
                            found.add(codec.read(record.value(), type));
                          }
                        });
                return !found.isEmpty();
              });
    }
    return found.getFirst();
  }

  @Test
  void failed_chunks_are_tried_again_those_whose_error_says_so_or_all() {
    Rows rows = new Rows(jdbc);
    Rows other = new Rows(jdbc);
    fail(rows, "the provider refuses a text (400)");
    fail(rows, "the provider answered a vector of zeros");
    fail(other, "the provider refuses a text (400)");
    Caller caller = Caller.admin(port).of(rows.project);

    assertThat(retried(caller, Map.of("error", "REFUSES a text"))).isEqualTo(1);
    assertThat(retried(caller, Map.of("error", "no such error"))).isZero();
    assertThat(retried(caller, Map.of())).isEqualTo(1);

    assertThat(
            jdbc.sql(
                    """
                    select count(*) from rag_chunks where project_id = :project and embedding_status = 'pending'
                      and embedding_attempts = 0 and embedding_error is null and next_attempt_at <= now()
                    """)
                .param("project", rows.project)
                .query(Long.class)
                .single())
        .isEqualTo(2);
    assertThat(
            jdbc.sql(
                    "select count(*) from rag_chunks where project_id = :project and embedding_status = 'failed'")
                .param("project", other.project)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void more_failed_chunks_than_one_transaction_takes_are_all_tried_again() {
    Rows rows = new Rows(jdbc);
    fail(rows, "refused");
    jdbc.sql(
            """
            insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
              content_tokens, embedding_status, embedding_error)
            select project_id, conversation_global_id, message_global_id, place, text, text_hash, 1, 'failed', 'refused'
            from rag_chunks, generate_series(1, 2500) place where project_id = :project
            """)
        .param("project", rows.project)
        .update();

    assertThat(retried(Caller.admin(port).of(rows.project), Map.of("error", "refused")))
        .isEqualTo(2501);

    assertThat(
            jdbc.sql(
                    "select count(*) from rag_chunks where project_id = :project and embedding_status = 'pending'")
                .param("project", rows.project)
                .query(Long.class)
                .single())
        .isEqualTo(2501);
  }

  @Test
  void failed_chunks_are_tried_again_although_the_database_gives_up_a_batch_of_them() {
    Rows rows = new Rows(jdbc);
    fail(rows, "refused");
    jdbc.sql("create sequence disturbances").update();
    jdbc.sql(
            """
            create function disturb() returns trigger language plpgsql as $$
            begin
              if nextval('disturbances') = 1 then
                raise exception 'deadlock detected' using errcode = '40P01';
              end if;
              return new;
            end $$
            """)
        .update();
    jdbc.sql(
            """
            create trigger disturb before update on rag_chunks for each row execute function disturb()
            """)
        .update();
    try {
      assertThat(retried(Caller.admin(port).of(rows.project), Map.of("error", "refused"))).isOne();
    } finally {
      jdbc.sql("drop trigger disturb on rag_chunks").update();
      jdbc.sql("drop function disturb").update();
      jdbc.sql("drop sequence disturbances").update();
    }
  }

  private static int retried(Caller caller, Map<String, String> wish) {
    return caller.post("/jobs/embeddings/retry-failed", wish).json().path("retried").asInt();
  }

  private void fail(Rows rows, String error) {
    long conversation = rows.conversation("open");
    long message = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, message, 0, "text " + message, false);
    jdbc.sql(
            """
            update rag_chunks set embedding_status = 'failed', embedding_attempts = 5, embedding_error = :error
            where project_id = :project and message_global_id like '%:' || :message
            """)
        .param("error", error)
        .param("project", rows.project)
        .param("message", message)
        .update();
  }
}
