package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything on a stack of its own that can go wrong does. The first test is the chaos suite: by
 * itself and longer it is {@code make chaos}. {@code -Dthreadmill.chaos.seed=} draws the same story
 * again, and several ones where there are several seeds; which request meets which deed is up to
 * the threads, so a rare failure may take several tries. {@link ChaosIT} is the short form.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {
  private static final int SECONDS = Integer.getInteger("threadmill.chaos.seconds", 16);
  private static final int EMBED_WORKERS = SECONDS > 60 ? 2 : 1;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir static Path directory;

  private static FaultStack faults;

  @BeforeAll
  static void start() {
    faults = new FaultStack(directory, EMBED_WORKERS);
  }

  @AfterAll
  static void stop() {
    if (faults != null) {
      faults.close();
    }
  }

  @ParameterizedTest
  @Order(1)
  @MethodSource("seeds")
  void whatever_is_killed_frozen_or_failing_in_the_end_all_is_as_it_should_be(long seed)
      throws Exception {
    new ChaosStory(faults, seed, EMBED_WORKERS).happensFor(Duration.ofSeconds(SECONDS));
  }

  /** Those that are asked for, one story after the other; else one that nobody knows before. */
  static LongStream seeds() {
    String wanted = System.getProperty("threadmill.chaos.seed", "");
    return wanted.isBlank()
        ? LongStream.of(new Random().nextInt(1_000_000))
        : Arrays.stream(wanted.split("[, ]+", -1)).mapToLong(Long::parseLong);
  }

  /** Each has something in its hands; all three are told to stop at the same moment. */
  @Test
  @Order(2)
  void services_that_are_stopped_in_the_middle_of_their_work_finish_it_or_hand_it_back()
      throws Exception {
    List<String> services = List.of("ingest-service", "embed-worker-1", "scheduler-service");
    // Until the two runs are under way as well, and not longer than a worker that stops waits.
    faults.provider.settings().latency(Duration.ofSeconds(7));
    List<String> texts = written("stopped", 150);
    String sync = faults.api.post("/jobs/chatwoot/sync").body().path("run_id").asString();
    await().atMost(PATIENCE).until(() -> faults.heldBy("embed-worker-1") > 0);
    faults.chatwoot.latency(Duration.ofMillis(400));
    String next = anotherSync(sync);
    Map<String, CompletableFuture<Integer>> stopped = new HashMap<>();
    try (Connection blocking = faults.tables.connect()) {
      blocking.setAutoCommit(false);
      // Its next look at its state waits for this.
      blocking.createStatement().execute("lock table analytics_state in access exclusive mode");
      faults.api.post("/jobs/scheduler/analytics_aggregates/run");
      awaitRunning("job_name = 'analytics_aggregates'");
      awaitRunning("id = '" + next + "'");
      await().atMost(PATIENCE).until(() -> faults.heldBy("embed-worker-1") > 0);

      services.forEach(
          service ->
              stopped.put(service, CompletableFuture.supplyAsync(() -> faults.terminate(service))));
      await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
      blocking.rollback();
    }

    for (String service : services) {
      // 137 would be the end of somebody whose half minute was over.
      assertThat(stopped.get(service).join()).as(service).isEqualTo(143);
    }
    faults.chatwoot.latency(Duration.ZERO);
    faults.provider.settings().latency(Duration.ofMillis(150));
    assertThat(
            faults.tables.texts(
                """
                select 'run ' || job_name from job_runs where status = 'running'
                union select 'chunk' from rag_chunks where embedding_status = 'processing'
                union select 'text in flight' from texts_in_flight t
                -- As in Settling: the stories before may have left some that no chunk has.
                where t.lease_until > now() or exists (select from rag_chunks c where c.text_hash = t.text_hash)
                """))
        .isEmpty();
    assertThat(members()).as("members that did not leave their group").isZero();
    inParallel(services, faults.stack::start);
    assertThat(finished(next)).isEqualTo("ok");
    new Settling(faults, "stopped").settle(List.of());
    new AccountTruth(faults, "stopped").assertStored();
    new AccountTruth(faults, "stopped").assertEmbedded();
    assertThat(faults.repeated(texts)).as("requests under way were waited for").isZero();
  }

  @Test
  @Order(3)
  void a_rolling_restart_of_two_gateways_under_load_is_noticed_by_nobody() throws Exception {
    try (ServiceProcess other = faults.anotherGateway();
        Callers callers = new Callers(faults, List.of(faults.stack.url(), other.url()))) {
      callers.start();
      faults.chatwoot.latency(Duration.ofMillis(500));
      written("rolling", 20);
      var waiting = callers.waitForSync(faults.stack.url());
      var stream = callers.follow(faults.stack.url());
      await().atMost(PATIENCE).until(() -> stream.lines() > 0);

      callers.leaveOut(faults.stack.url());
      assertThat(faults.terminate("api-gateway")).isEqualTo(143);

      assertThat(waiting.get(1, TimeUnit.SECONDS)).as("who waits is answered").isBetween(200, 202);
      assertThat(stream.end().get(1, TimeUnit.SECONDS)).as("a stream has an end").isTrue();
      faults.stack.start("api-gateway");
      callers.takeUp(faults.stack.url());
      long before = callers.answered();
      await().atMost(PATIENCE).until(() -> callers.answered() > before + 20);
      callers.leaveOut(other.url());
      other.terminate();
      await().atMost(PATIENCE).until(() -> callers.answered() > before + 40);
      assertThat(callers.failures()).isEmpty();
    } finally {
      faults.chatwoot.latency(Duration.ZERO);
    }
  }

  /** docs/backup.md, step by step. */
  @Test
  @Order(4)
  void a_restored_database_and_an_empty_broker_become_what_the_account_is() throws Exception {
    new Settling(faults, "before the backup").settle(List.of());
    String token =
        faults
            .api
            .post("/tokens", Map.of("name", "of before", "scope", "read"))
            .body()
            .path("token")
            .asString();
    written("before", 5);
    try (Restored restored = new Restored(faults, directory.resolve("restored"))) {
      restored.backUp();
      List<String> lost = written("after", 20);
      new Settling(faults, "after the backup").settle(List.of());

      restored.restore();

      Tables tables = faults.tables;
      assertThat(tables.number("select count(*) from cw_messages where content like '%after%'"))
          .as("what came after the backup is gone")
          .isZero();
      long webhooks = faults.chatwoot.webhooks().delivered();
      List<String> news = written("news", 1);
      await().atMost(PATIENCE).until(() -> faults.chatwoot.webhooks().delivered() > webhooks);
      String scheduled =
          "select count(*) from job_runs where trigger = 'schedule' and status = 'ok' and job_name"
              + " = 'chatwoot_sync'";
      long runs = tables.number(scheduled);
      tables.execute(
          "update scheduled_jobs set next_run_at = now() where job_type = 'chatwoot_sync'");
      await().atMost(PATIENCE).until(() -> tables.number(scheduled) > runs);
      new Settling(faults, "restored").settle(restored.dead());
      new AccountTruth(faults, "restored").assertStored();
      new AccountTruth(faults, "restored").assertEmbedded();
      assertThat(faults.repeated(lost))
          .as("embedded once more, for the backup knows nothing of it")
          .isLessThanOrEqualTo(lost.size());
      assertThat(faults.repeated(news)).isZero();
      assertThat(faults.api.with(token).get("/jobs/status").status()).isEqualTo(200);
      new Leftovers(faults, "restored").assertNone();
    }
  }

  private static List<String> written(String word, int messages) {
    List<String> texts = new ArrayList<>();
    var account = faults.chatwoot.account();
    long contact = account.contacts().add(ContactDetails.named("Visitor " + word));
    long conversation = account.conversations().open(contact);
    for (int i = 0; i < messages; i++) {
      String text = "The voucher " + word + " " + i + " is refused in the shop although it is new.";
      texts.add(text);
      account.messages().incoming(conversation, text);
    }
    return texts;
  }

  /** Another run of the sync, once the first is over. */
  private static String anotherSync(String first) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> faults.api.post("/jobs/chatwoot/sync").body().path("run_id").asString(),
            run -> !run.equals(first));
  }

  private static void awaitRunning(String which) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                faults.tables.number(
                        "select count(*) from job_runs where status = 'running' and " + which)
                    == 1);
  }

  private static String finished(String run) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                faults.tables.text(
                    "select status from job_runs where finished_at is not null and id = '"
                        + run
                        + "'"),
            status -> !status.isEmpty());
  }

  static void inParallel(List<String> all, Consumer<String> what) {
    CompletableFuture.allOf(
            all.stream()
                .map(
                    one ->
                        CompletableFuture.runAsync(
                            () -> what.accept(one), Thread::startVirtualThread))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  /** Of all consumer groups; nobody is waited for. */
  private static int members() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", faults.bootstrapServers))) {
      List<String> groups =
          admin.listGroups().all().get(10, TimeUnit.SECONDS).stream()
              .map(group -> group.groupId())
              .toList();
      assertThat(groups).hasSizeGreaterThanOrEqualTo(5);
      return admin.describeConsumerGroups(groups).all().get(10, TimeUnit.SECONDS).values().stream()
          .mapToInt(group -> group.members().size())
          .sum();
    }
  }
}
