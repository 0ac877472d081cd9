package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A scheduler and two workers as processes that are killed and frozen in the middle of their work.
 * Each test leaves them as it found them: who died has a successor.
 */
class SchedulerCrashIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path directory;

  private static final Database DATABASE = TestServers.shared().createDatabase();
  private static final List<ServiceProcess> WORKERS = new CopyOnWriteArrayList<>();
  private static ChatwootSimulator chatwoot;
  private static ServiceProcess scheduler;

  @BeforeAll
  static void a_scheduler_and_two_workers() {
    chatwoot =
        ChatwootSimulator.startWithStory(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Clock.systemUTC(), 7);
    // One after the other they would take three times as long: starting is half waiting.
    CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> scheduler = start("scheduler-service")),
            CompletableFuture.runAsync(() -> WORKERS.add(start("ingest-service"))),
            CompletableFuture.runAsync(() -> WORKERS.add(start("ingest-service"))))
        .join();
  }

  @AfterEach
  void quick_again() {
    chatwoot.latency(Duration.ZERO);
  }

  @AfterAll
  static void end() {
    if (scheduler != null) {
      scheduler.close();
    }
    WORKERS.forEach(ServiceProcess::close);
    chatwoot.close();
  }

  @Test
  void a_scheduler_killed_between_claim_and_announcement_costs_nothing_but_time() {
    await().atMost(PATIENCE).until(() -> number("select count(*) from scheduled_jobs") >= 2);
    await().atMost(PATIENCE).until(() -> number(unfinished()) == 0);
    TestServers.shared().stopKafka();
    try {
      await().atMost(PATIENCE).until(() -> scheduler.text().contains("Kafka does not answer"));
      execute(
          "update scheduled_jobs set next_run_at = now() - interval '1 s' where job_type = 'chatwoot_sync'");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  number(
                          "select count(*) from job_runs where job_name = 'chatwoot_sync' and status = 'queued' and announced_at = '-infinity'")
                      == 1);
      scheduler.kill();
      assertThat(scheduler.text()).contains("Kafka is away");
    } finally {
      TestServers.shared().startKafka();
    }
    String run =
        text(
            "select id::text from job_runs where job_name = 'chatwoot_sync' and status = 'queued'");

    scheduler = start("scheduler-service");

    await().atMost(PATIENCE).until(() -> "ok".equals(status(run)));
    assertThat(number("select attempt from job_runs where id = '" + run + "'")).isEqualTo(1);
    assertThat(number("select count(*) from worker_runs where job_run_id = '" + run + "'"))
        .isEqualTo(1);
  }

  @Test
  void a_scheduler_killed_while_it_sends_sends_nothing_twice() {
    await().atMost(PATIENCE).until(() -> number("select count(*) from cw_conversations") >= 6);
    execute(
        """
        insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
        select id, 'Autumn', 'approved', '{}',
          '[{"day_offset": 0, "channel": "chatwoot", "template": "To {{conversation.number}} alone"}]',
          '{"contacts_per_window": 6}', 'Noor', 'Noor', now()
        from projects
        """);
    // A request is on its way for so long that the process dies before its answer comes.
    chatwoot.latency(Duration.ofSeconds(2));
    execute(
        "update scheduled_jobs set next_run_at = now() - interval '1 s' where job_type = 'campaign_scheduler'");
    await().atMost(PATIENCE).until(() -> outbound("sent") >= 1 && outbound("sending") == 1);

    scheduler.kill();
    assertThat(outbound("sending")).isEqualTo(1);
    chatwoot.latency(Duration.ZERO);
    // Nobody asks before five minutes are over; they are.
    execute("update outbound_messages set check_at = now() where state = 'sending'");
    scheduler = start("scheduler-service");

    await().atMost(PATIENCE).until(() -> outbound("sent") == 6);
    assertThat(outbound("sending") + outbound("unknown") + outbound("failed")).isZero();
    for (String conversation :
        text("""
                select string_agg(v.conversation_id::text, ' ') from outbound_messages o
                join cw_conversations v on v.global_id = o.conversation_global_id where o.state = 'sent'
                """)
            .split(" ")) {
      assertThat(chatwoot.account().messages().of(Long.parseLong(conversation)))
          .filteredOn(message -> ("To " + conversation + " alone").equals(message.content()))
          .hasSize(1);
    }
  }

  private static long outbound(String state) {
    return number("select count(*) from outbound_messages where state = '" + state + "'");
  }

  @Test
  void a_worker_killed_in_a_run_is_followed_by_another_within_the_lease_and_the_log_says_so() {
    String run = slowRun();
    ServiceProcess dead = workerOf(run);

    dead.kill();
    WORKERS.remove(dead);

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !text("select worker from job_runs where id = '" + run + "'")
                    .endsWith("/" + dead.pid()));
    chatwoot.latency(Duration.ZERO);
    await().atMost(PATIENCE).until(() -> "ok".equals(status(run)));
    assertThat(text("select log::text from job_runs where id = '" + run + "'"))
        .contains("taken back from", "/" + dead.pid(), "attempt 2 begins on");
    assertThat(number("select attempt from job_runs where id = '" + run + "'")).isEqualTo(2);
    WORKERS.add(start("ingest-service"));
  }

  @Test
  void a_worker_frozen_past_its_lease_and_woken_writes_nothing_more() {
    String run = slowRun();
    ServiceProcess frozen = workerOf(run);
    ServiceProcess other =
        WORKERS.stream().filter(worker -> worker != frozen).findFirst().orElseThrow();

    frozen.freeze();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                text("select worker from job_runs where id = '" + run + "'")
                    .endsWith("/" + other.pid()));
    long fence = number("select fence from job_runs where id = '" + run + "'");
    frozen.wake();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                frozen.text().contains("run " + run + " has lost its lease")
                    || frozen.text().contains("run " + run + " was taken over"));

    chatwoot.latency(Duration.ZERO);
    await().atMost(PATIENCE).until(() -> "ok".equals(status(run)));
    assertThat(text("select worker from job_runs where id = '" + run + "'"))
        .endsWith("/" + other.pid());
    assertThat(number("select fence from job_runs where id = '" + run + "'")).isEqualTo(fence);
  }

  @Test
  void a_cancelled_run_stops_within_seconds_while_it_works() {
    String run = slowRun();
    ServiceProcess worker = workerOf(run);

    execute(
        "update job_runs set cancel_requested_at = now(), cancel_requested_by = 'Ada' where id = '"
            + run
            + "'");

    await().atMost(Duration.ofSeconds(20)).until(() -> "cancelled".equals(status(run)));
    assertThat(worker.process().isAlive()).isTrue();
  }

  /** A sync that is in the middle of its work, and stays there. */
  private static String slowRun() {
    await().atMost(PATIENCE).until(() -> number(unfinished()) == 0);
    // Something to read in each of them.
    var account = chatwoot.account();
    account
        .conversations()
        .all()
        .forEach(one -> account.messages().incoming(one.id(), "Is there any news of my parcel?"));
    chatwoot.latency(Duration.ofSeconds(1));
    String run =
        text(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by)
            select id, 'chatwoot_sync', 'manual', 'Ada' from projects returning id::text
            """);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                number(
                        "select count(*) from job_runs where status = 'running' and progress <> '{}' and id = '"
                            + run
                            + "'")
                    == 1);
    return run;
  }

  private static ServiceProcess workerOf(String run) {
    String worker = text("select worker from job_runs where id = '" + run + "'");
    for (ServiceProcess candidate : WORKERS) {
      if (worker.endsWith("/" + candidate.pid())) {
        return candidate;
      }
    }
    throw new AssertionError(worker + " is none of those that were started");
  }

  private static String unfinished() {
    return """
        select count(*) + (select count(*) from scheduled_jobs where job_type = 'chatwoot_sync' and next_run_at <= now())
        from job_runs where job_name = 'chatwoot_sync' and status in ('queued', 'running')
        """;
  }

  private static String status(String run) {
    return text("select status from job_runs where id = '" + run + "'");
  }

  private static ServiceProcess start(String service) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SPRING_DATASOURCE_URL", DATABASE.jdbcUrl());
    environment.put("SPRING_DATASOURCE_USERNAME", DATABASE.username());
    environment.put("SPRING_DATASOURCE_PASSWORD", DATABASE.password());
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared().bootstrapServers());
    environment.put("DATABASE_POOL_SIZE", "6");
    environment.put("RUN_LEASE_SECONDS", "4");
    environment.put("SCHEDULER_TICK_SECONDS", "1");
    environment.put("KAFKA_TOPIC_PARTITIONS", "2");
    environment.put("CHATWOOT_BASE_URL", chatwoot.baseUrl().toString());
    environment.put("CHATWOOT_API_TOKEN", ChatwootSimulator.ADMIN_TOKEN);
    environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(ChatwootSimulator.ACCOUNT_ID));
    environment.put("CHATWOOT_LOOKBACK_DAYS", "0");
    environment.put("CAMPAIGN_SEND_ENABLED", "true");
    environment.put("CAMPAIGN_REQUESTS_PER_MINUTE", "6000");
    return ServiceProcess.start(service, environment, directory);
  }

  private static long number(String sql) {
    return Long.parseLong(text(sql));
  }

  private static String text(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  private static void execute(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        DATABASE.jdbcUrl(), DATABASE.username(), DATABASE.password());
  }
}
