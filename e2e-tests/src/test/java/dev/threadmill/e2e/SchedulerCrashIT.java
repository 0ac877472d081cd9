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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedulers and workers as processes that are killed and frozen in the middle of their work. */
class SchedulerCrashIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path directory;

  private final Database database = TestServers.shared().createDatabase();
  private final List<ServiceProcess> processes = new ArrayList<>();
  private ChatwootSimulator chatwoot;

  @BeforeEach
  void chatwoot() {
    chatwoot =
        ChatwootSimulator.startWithStory(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Clock.systemUTC(), 7);
  }

  @AfterEach
  void end() {
    processes.forEach(ServiceProcess::close);
    chatwoot.close();
  }

  /** One stack for both, for each start of a service takes seconds. */
  @Test
  void schedulers_killed_before_they_announce_or_while_they_send_cost_nothing_but_time() {
    ServiceProcess scheduler = start("scheduler-service");
    start("ingest-service");
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
                          "select count(*) from job_runs where status = 'queued' and announced_at = '-infinity'")
                      == 1);
      scheduler.kill();
      assertThat(scheduler.text()).contains("Kafka is away");
    } finally {
      TestServers.shared().startKafka();
    }
    String run = text("select id::text from job_runs where status = 'queued'");

    ServiceProcess second = start("scheduler-service");

    await().atMost(PATIENCE).until(() -> "ok".equals(status(run)));
    assertThat(number("select attempt from job_runs where id = '" + run + "'")).isEqualTo(1);
    assertThat(number("select count(*) from worker_runs where job_run_id = '" + run + "'"))
        .isEqualTo(1);
    killWhileItSends(second);
  }

  private void killWhileItSends(ServiceProcess scheduler) {
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
    start("scheduler-service");

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

  private long outbound(String state) {
    return number("select count(*) from outbound_messages where state = '" + state + "'");
  }

  @Test
  void a_worker_killed_in_a_run_is_followed_by_another_within_the_lease_and_the_log_says_so() {
    start("scheduler-service");
    ServiceProcess one = start("ingest-service");
    ServiceProcess two = start("ingest-service");
    String run = slowRun();
    ServiceProcess dead = workerOf(run, one, two);

    dead.kill();

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
  }

  @Test
  void a_worker_frozen_past_its_lease_and_woken_writes_nothing_more() {
    start("scheduler-service");
    ServiceProcess one = start("ingest-service");
    ServiceProcess two = start("ingest-service");
    String run = slowRun();
    ServiceProcess frozen = workerOf(run, one, two);
    ServiceProcess other = frozen == one ? two : one;

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
    start("scheduler-service");
    ServiceProcess worker = start("ingest-service");
    String run = slowRun();

    execute(
        "update job_runs set cancel_requested_at = now(), cancel_requested_by = 'Ada' where id = '"
            + run
            + "'");

    await().atMost(Duration.ofSeconds(20)).until(() -> "cancelled".equals(status(run)));
    assertThat(worker.process().isAlive()).isTrue();
  }

  /** A sync that is in the middle of its work, and stays there. */
  private String slowRun() {
    await().atMost(PATIENCE).until(() -> number(unfinished()) == 0);
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

  private ServiceProcess workerOf(String run, ServiceProcess... candidates) {
    String worker = text("select worker from job_runs where id = '" + run + "'");
    for (ServiceProcess candidate : candidates) {
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

  private String status(String run) {
    return text("select status from job_runs where id = '" + run + "'");
  }

  private ServiceProcess start(String service) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SPRING_DATASOURCE_URL", database.jdbcUrl());
    environment.put("SPRING_DATASOURCE_USERNAME", database.username());
    environment.put("SPRING_DATASOURCE_PASSWORD", database.password());
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
    ServiceProcess started = ServiceProcess.start(service, environment, directory);
    processes.add(started);
    return started;
  }

  private long number(String sql) {
    return Long.parseLong(text(sql));
  }

  private String text(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  private void execute(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        database.jdbcUrl(), database.username(), database.password());
  }
}
