package dev.threadmill.embed.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three workers that are killed again and again, on a backlog of 20,000 rows. */
class KilledWorkersIT {
  private static final int ROWS = 20_000;
  private static final int KILLS = 10;
  private static final String MODEL = "text-embedding-3-small";

  @TempDir Path logs;
  private final Database database = TestServers.shared().createDatabase();
  private final OpenAiSimulator provider = OpenAiSimulator.start();
  private EmbedWorkerProcesses workers;
  private Connection connection;

  @BeforeEach
  void three_workers() throws SQLException {
    provider.settings().latency(Duration.ofMillis(150));
    connection =
        DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    workers = new EmbedWorkerProcesses(database, provider, logs);
    for (int i = 0; i < 3; i++) {
      workers.start();
    }
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> number("select count(*) from embedding_models") == 1);
  }

  @AfterEach
  void close() throws SQLException {
    workers.close();
    provider.close();
    connection.close();
  }

  @Test
  void killed_workers_lose_nothing_and_repeat_only_what_was_in_flight() throws Exception {
    Random random = new Random(20_261_124);
    backlog();
    long inFlight = 0;
    List<Long> dead = new ArrayList<>();

    for (int kill = 1; kill <= KILLS; kill++) {
      // Early enough that those who are alive still have something to do at the last kill.
      long until = (long) ROWS * kill / (2 * KILLS) + random.nextInt(500);
      await().atMost(Duration.ofMinutes(5)).until(() -> ready() >= until);
      await()
          .atMost(Duration.ofMinutes(5))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !busy().isEmpty());
      List<Integer> busy = busy();
      int victim = busy.isEmpty() ? 0 : busy.get(random.nextInt(busy.size()));
      long pid = workers.pid(victim);
      workers.kill(victim);
      inFlight += heldBy(pid);
      dead.add(pid);
      workers.start();
    }
    letTheirLeasesRunOut(dead);

    await().atMost(Duration.ofMinutes(10)).until(() -> ready() == ROWS);
    assertThat(workers.allAlive()).isTrue();
    assertThat(provider.log().distinctTexts()).isEqualTo(ROWS);
    assertThat(provider.log().repeatedInputs()).isLessThanOrEqualTo(inFlight);
    assertEachRowHasTheVectorOfItsText();
    assertThat(number("select count(*) from rag_vectors")).isEqualTo(ROWS);
    assertThat(number("select count(*) from texts_in_flight")).isZero();
    assertThat(number("select sum(inputs) from embedding_usage")).isEqualTo(ROWS);
    assertNoLogHoldsTheKey();
  }

  /** Of each worker, also those that were killed. */
  private void assertNoLogHoldsTheKey() throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(3 + KILLS);
      for (Path log : all) {
        // One that was killed may have left half a character.
        assertThat(Files.readString(log, ISO_8859_1))
            .as("%s", log)
            .doesNotContain(OpenAiSettings.KEY);
      }
    }
  }

  private void backlog() throws SQLException {
    execute(
        """
        with p as (insert into projects (name) values ('killed workers') returning id),
        s as (insert into project_sources (project_id, source_kind, base_url, external_id)
              select id, 'chatwoot', 'http://chatwoot.test', '1' from p returning id, project_id)
        insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
          created_at, last_activity_at, data)
        select 'cw:' || project_id || ':1:1', project_id, id, 1, 1, 'open', now(), now(), '{}' from s
        """);
    execute(
        """
        insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, private,
          created_at, data)
        select 'cwmsg:' || c.project_id || ':1:' || n, c.project_id, c.global_id, n, 'incoming', false, now(), '{}'
        from cw_conversations c, generate_series(1, %d) n
        """
            .formatted(ROWS));
    execute(
        """
        insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
          content_tokens, next_attempt_at)
        select m.project_id, m.conversation_global_id, m.global_id, 0, t.text,
          encode(sha256(convert_to(t.text, 'UTF8')), 'hex'), 12, now() - interval '1 hour'
        from cw_messages m
        cross join lateral (select 'question ' || m.message_id || ' about the parcel of order ' || m.message_id * 7919
                              as text) t
        """);
  }

  private long ready() throws SQLException {
    return number("select count(*) from rag_chunks where embedding_status = 'ready'");
  }

  /** The workers that hold rows at present. */
  private List<Integer> busy() throws SQLException {
    List<Integer> busy = new ArrayList<>();
    for (int worker = 0; worker < workers.count(); worker++) {
      if (heldBy(workers.pid(worker)) > 0) {
        busy.add(worker);
      }
    }
    return busy;
  }

  /** What the dead one had claimed: its requests were under way, or about to be. */
  private long heldBy(long pid) throws SQLException {
    return number(
        "select count(*) from rag_chunks where embedding_status = 'processing' and "
            + isWorker("claimed_by", pid));
  }

  /** The minute after which others may take what the dead ones held passes at once. */
  private void letTheirLeasesRunOut(List<Long> dead) throws SQLException {
    for (long pid : dead) {
      execute(
          "update rag_chunks set lease_until = now() where embedding_status = 'processing' and "
              + isWorker("claimed_by", pid));
      execute("update texts_in_flight set lease_until = now() where " + isWorker("worker", pid));
    }
  }

  private static String isWorker(String column, long pid) {
    return column + " ~ '\\D" + pid + "(\\D|$)'";
  }

  /** The first numbers tell texts apart: each vector has a texture of its own. */
  private void assertEachRowHasTheVectorOfItsText() throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select text, (embedding::real[])[1:8] from rag_chunks")) {
      while (rows.next()) {
        Array array = rows.getArray(2);
        float[] expected = provider.vectorFor(MODEL, 1536, rows.getString(1));
        Float[] stored = (Float[]) array.getArray();
        for (int i = 0; i < stored.length; i++) {
          assertThat(stored[i]).as("%s", rows.getString(1)).isEqualTo(expected[i]);
        }
      }
    }
  }

  private long number(String query) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
