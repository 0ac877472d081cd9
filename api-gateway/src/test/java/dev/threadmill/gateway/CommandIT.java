package dev.threadmill.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** {@code bin/threadmill} as a process. */
@GatewayTest
class CommandIT {
  private static final Path COMMAND =
      Path.of(System.getProperty("threadmill.root"), "bin", "threadmill");

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;

  private record Ended(int code, String out, String err) {}

  @BeforeAll
  static void its_tools_are_there() {
    for (String tool : List.of("curl", "jq")) {
      assumeTrue(
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool))),
          tool + " is not installed");
    }
  }

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
  }

  @Test
  void status_says_whether_all_is_well_in_words_and_by_its_exit_code() throws Exception {
    rows.found("an umbrella");

    Ended well = threadmill("status");

    assertThat(well.code()).as("%s", well).isZero();
    assertThat(well.out()).startsWith("all is well\n").contains("1 ready, 0 pending");
    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, error, finished_at)
            values (:project, 'chatwoot_sync', 'manual', 'me', 'failed', 'the token is wrong', now())
            """)
        .param("project", rows.project)
        .update();
    Ended ill = threadmill("status");
    assertThat(ill.code()).isEqualTo(1);
    assertThat(ill.out()).startsWith("not well:\n  chatwoot_sync failed: the token is wrong\n");
    Ended raw = threadmill("status", "--json");
    assertThat(JsonMapper.shared().readTree(raw.out()).path("healthy").asBoolean(true)).isFalse();
  }

  @Test
  void a_search_shows_texts_and_links_and_takes_filters() throws Exception {
    long wanted = rows.found("error E-4471\nin \"the\" report \u001b[31m");
    rows.found("error E-4471 elsewhere");
    jdbc.sql(
            """
            update cw_conversations set status = 'resolved' where global_id =
              (select conversation_global_id from cw_messages where project_id = :project and message_id = :message)
            """)
        .param("project", rows.project)
        .param("message", wanted)
        .update();

    Ended found = threadmill("search", "E-4471", "--status", "resolved", "--top", "5");

    assertThat(found.code()).as("%s", found).isZero();
    assertThat(found.out())
        .contains("  error E-4471 in \"the\" report", "messageId=" + wanted)
        .doesNotContain("elsewhere", "\u001b");
    Ended queryLast = threadmill("search", "--status", "resolved", "--top", "5", "E-4471");
    assertThat(queryLast.out()).isEqualTo(found.out());
    String quoted = "\"E-4471\nin\" 'the' \\ report %s";
    assertThat(threadmill("search", quoted, "--label", "a\"b\\c").code()).isZero();
  }

  @Test
  void a_run_is_started_listed_and_followed_to_its_end() throws Exception {
    Ended started = threadmill("embed");

    assertThat(started.out()).matches("run [0-9a-f-]{36} is queued\n");
    UUID run = UUID.fromString(started.out().split(" ")[1]);
    assertThat(threadmill("embed").out()).isEqualTo("run " + run + " is queued, and was already\n");
    assertThat(threadmill("runs", "--job", "embeddings_run").out())
        .contains("embeddings_run\tqueued\tmanual\t0 done\t" + run);
    long conversation = rows.conversation("open");
    rows.chunk(conversation, rows.message(conversation, "incoming", false, "0"), 0, "waits", false);
    Process following = start(Map.of(), "runs", "--follow");
    try (BufferedReader lines = following.inputReader(UTF_8)) {
      assertThat(lines.readLine()).contains("queued, 0 done");
      write(
          run,
          "status = 'running', started_at = now(), processed_count = 3, worker = 'w',"
              + " lease_until = now() + interval '1 minute'");
      assertThat(lines.readLine())
          .isEqualTo("embeddings_run [######################........] 75 % running, 3 done");
      GatewayServers.lockDatabase();
      try {
        assertThat(following.errorReader(UTF_8).readLine())
            .contains("does not answer; trying again for 60 seconds");
      } finally {
        GatewayServers.unlockDatabase();
      }
      // A connection that was cut may be in the pool still.
      await()
          .ignoreExceptions()
          .until(() -> jdbc.sql("select 1").query(Integer.class).single() == 1);
      write(
          run,
          "status = 'failed', finished_at = now(), error = 'no more money', lease_until = null");
      List<String> rest = new ArrayList<>();
      lines.lines().forEach(rest::add);
      assertThat(rest.getLast())
          .matches("embeddings_run failed after \\d+ s, 3 done: no more money");
    }
    assertThat(following.waitFor()).isEqualTo(1);
  }

  @Test
  void a_time_that_a_tick_left_out_is_skipped_however_the_run_in_its_way_stands() throws Exception {
    Process waiting = start(Map.of(), "tick", "--wait", "30");
    // What the scheduler does, but for the run, which ended in the meantime.
    await().until(() -> leaveOut() == 1);
    jdbc.sql(
            "update scheduler_ticks set processed_at = now(), due_count = 1 where project_id = :project")
        .param("project", rows.project)
        .update();

    Ended tick = ended(waiting);

    assertThat(tick.out()).as("%s", tick).contains("1 skipped").endsWith("chatwoot_sync skipped\n");
    assertThat(tick.code()).isZero();
  }

  private int leaveOut() {
    return jdbc.sql(
            """
            with tick as (
              select id, project_id from scheduler_ticks where project_id = :project),
            schedule as (
              insert into scheduled_jobs (project_id, job_type, cadence_seconds)
              select project_id, 'chatwoot_sync', 900 from tick returning id, project_id),
            run as (
              insert into job_runs (project_id, job_name, trigger, requested_by, status, finished_at)
              select project_id, 'chatwoot_sync', 'manual', 'Ada', 'ok', now() from tick returning id)
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, tick_id, scheduled_for, coalesced,
              skipped, reason, settled_at)
            select tick.project_id, schedule.id, run.id, tick.id, now(), false, true, 'in its way', now()
            from tick, schedule, run
            """)
        .param("project", rows.project)
        .update();
  }

  @Test
  void dead_letters_are_listed_shown_and_sent_again() throws Exception {
    UUID run = UUID.randomUUID();
    String letter = Letters.put(0, Letters.event(rows.project, run), 0);
    await().until(() -> threadmill("dead-letters").code() == 0);

    assertThat(threadmill("dead-letters", "--topic", Letters.TOPIC).out())
        .contains(letter + "\t" + rows.project + "\t0 replays\tit failed again and again");
    assertThat(threadmill("dead-letters", "show", letter).out())
        .contains("id\t" + letter, "event.run_id\t" + run);
    Ended dry = threadmill("dead-letters", "replay", "--dry-run", "--limit", "5");
    assertThat(dry.out()).as("%s", dry).isEqualTo("would send 1 again\n");
    Ended sent = threadmill("dead-letters", "replay", "--topic", Letters.TOPIC, "--rate", "20");
    assertThat(sent.out()).as("%s", sent).isEqualTo("sent 1 again\n");
    assertThat(Letters.sentAgain(run.toString())).hasSize(1);
    assertThat(threadmill("dead-letters", "replay").out())
        .isEqualTo("sent 0 again, 1 were sent before (--again)\n");
    String nowhere = letter.replaceFirst("[0-9]+$", "999999");
    Ended unknown = threadmill("dead-letters", "replay", nowhere);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.out()).contains("there is no dead letter " + nowhere);
  }

  @Test
  void what_goes_wrong_has_its_words_and_its_exit_code() throws Exception {
    Ended refused = threadmill("search", " ");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err())
        .startsWith("threadmill: 400 Bad Request: 'query' must have 1 to 2000 characters.\n")
        .contains("(invalid_request, request ");
    Ended unknown = ended(start(Map.of("THREADMILL_TOKEN", "a\"wrong\\one"), "status"));
    assertThat(unknown.code()).isEqualTo(3);
    assertThat(unknown.err()).contains("401 Unauthorized: Send a valid token");
    Ended away = ended(start(Map.of("THREADMILL_URL", "http://127.0.0.1:1"), "status"));
    assertThat(away.code()).isEqualTo(4);
    assertThat(away.err()).contains("http://127.0.0.1:1 can't be reached");
    assertThat(threadmill("search", "x", "--top", "many").code()).isEqualTo(2);
    assertThat(threadmill("search", "--top", "3").err()).contains("search needs a query");
    assertThat(threadmill("search", "--top", "3", "a", "refund").err())
        .contains("takes one query", "'refund'");
    assertThat(threadmill("search", "--colour", "red").err()).contains("unknown option --colour");
    assertThat(threadmill("runs", "--job", "embeddings_run", "--follow").err())
        .contains("--follow takes one run, and no other option");
    assertThat(threadmill("dance").err()).contains("there is no command 'dance'");
    assertThat(threadmill("--help").out()).contains("usage: threadmill", "THREADMILL_TOKEN");
    Ended tick = threadmill("tick", "--wait", "0");
    assertThat(tick.out()).as("%s", tick).startsWith("tick ").contains(" is accepted");
  }

  private void write(UUID run, String change) {
    jdbc.sql("update job_runs set " + change + " where id = :run").param("run", run).update();
  }

  private Ended threadmill(String... arguments) throws Exception {
    return ended(start(Map.of(), arguments));
  }

  private Process start(Map<String, String> more, String... arguments) throws IOException {
    var command = new ProcessBuilder("sh", COMMAND.toString());
    command.command().addAll(List.of(arguments));
    Map<String, String> environment = command.environment();
    environment.put("THREADMILL_URL", "http://127.0.0.1:" + port);
    environment.put("THREADMILL_TOKEN", GatewayServers.ADMIN_TOKEN);
    environment.put("THREADMILL_PROJECT", rows.project.toString());
    environment.put("THREADMILL_POLL_SECONDS", "0.1");
    environment.putAll(more);
    return command.start();
  }

  private static Ended ended(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), out, err);
  }
}
