package dev.threadmill.core.count;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.count.RowCounts.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

class RowCountsIT extends RealServers {
  @Autowired private RowCounts counts;
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transaction;

  @Test
  void counts_follow_each_change_at_once_and_folding_changes_nothing() {
    UUID project = projectWithConversation();
    addMessages(project, 0, 5);
    assertThat(counts.of(project)).isEqualTo(new Counts(0, 1, 5, 5, 0, 0, 0));

    status(project, "embedding_status = 'failed'", 2);
    jdbc.sql("update cw_messages set deleted_at = now() where project_id = :p and message_id < 2")
        .param("p", project)
        .update();
    jdbc.sql("delete from rag_chunks where project_id = :p and message_global_id like '%:4'")
        .param("p", project)
        .update();
    Counts expected = counted(project);
    assertThat(expected.messages()).isEqualTo(3);
    assertThat(expected.chunks()).isEqualTo(4);
    assertThat(counts.of(project)).isEqualTo(expected);

    while (counts.fold(3) > 0) {
      assertThat(counts.of(project)).isEqualTo(expected);
    }
    assertThat(counts.correct(project)).isZero();
  }

  @Test
  void what_is_rolled_back_was_never_counted() {
    UUID project = projectWithConversation();

    transaction.executeWithoutResult(
        status -> {
          addMessages(project, 0, 3);
          assertThat(counts.of(project).messages()).isEqualTo(3);
          status.setRollbackOnly();
        });

    assertThat(counts.of(project).messages()).isZero();
  }

  @Test
  void writers_and_folders_at_once_lose_nothing() throws Exception {
    UUID project = projectWithConversation();
    AtomicBoolean done = new AtomicBoolean();
    try (var threads = Executors.newFixedThreadPool(6)) {
      List<Future<?>> folders = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        folders.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    counts.fold(7);
                  }
                }));
      }
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int writer = i;
        writers.add(threads.submit(() -> write(project, writer)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      done.set(true);
      for (Future<?> folder : folders) {
        folder.get();
      }
    }

    assertThat(counts.of(project)).isEqualTo(counted(project));
    assertThat(counts.of(project).messages()).isEqualTo(4 * 25 * 4);
  }

  private void write(UUID project, int writer) {
    Random random = new Random(writer);
    for (int i = 0; i < 25; i++) {
      addMessages(project, writer * 1000 + i * 4, 4);
      if (random.nextBoolean()) {
        jdbc.sql("delete from rag_chunks where project_id = :p and message_global_id = :m")
            .param("p", project)
            .param("m", "cwmsg:" + project + ":1:" + (writer * 1000 + i * 4))
            .update();
      }
    }
  }

  @Test
  void a_wrong_count_is_corrected() {
    UUID project = projectWithConversation();
    addMessages(project, 0, 2);
    jdbc.sql(
            "insert into row_count_changes (project_id, kind, delta) values (:p, 'messages', 40), (:p, 'chunks_ready', 1)")
        .param("p", project)
        .update();

    assertThat(counts.correct(project)).isEqualTo(2);
    assertThat(counts.of(project)).isEqualTo(counted(project));
    assertThat(counts.correct(project)).isZero();
  }

  @Test
  void each_project_is_compared_once_a_day_whoever_asks() throws Exception {
    Set<UUID> mine = Set.of(projectWithConversation(), projectWithConversation());
    List<UUID> taken = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<List<UUID>>> takers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        takers.add(threads.submit(this::takeAll));
      }
      for (Future<List<UUID>> taker : takers) {
        taken.addAll(taker.get());
      }
    } catch (ExecutionException failed) {
      throw new AssertionError(failed);
    }

    taken.retainAll(mine);
    assertThat(taken).hasSameSizeAs(new HashSet<>(taken)).containsAll(mine);
  }

  private List<UUID> takeAll() {
    List<UUID> taken = new ArrayList<>();
    // One that another took at the same moment comes back empty, too: then there is more to take.
    for (int empty = 0; empty < 20; ) {
      var project = counts.takeUnchecked(Duration.ofDays(1));
      project.ifPresent(taken::add);
      empty = project.isPresent() ? 0 : empty + 1;
    }
    return taken;
  }

  private Counts counted(UUID project) {
    return jdbc.sql(
            """
            select (select count(*) from cw_contacts where project_id = :p and deleted_at is null) as contacts,
              (select count(*) from cw_conversations where project_id = :p and deleted_at is null) as conversations,
              (select count(*) from cw_messages where project_id = :p and deleted_at is null) as messages,
              count(*) filter (where embedding_status = 'pending') as pending,
              count(*) filter (where embedding_status = 'processing') as processing,
              count(*) filter (where embedding_status = 'ready') as ready,
              count(*) filter (where embedding_status = 'failed') as failed
            from rag_chunks where project_id = :p
            """)
        .param("p", project)
        .query(Counts.class)
        .single();
  }

  private void status(UUID project, String change, int messageFrom) {
    jdbc.sql(
            "update rag_chunks set "
                + change
                + " where project_id = :p and split_part(message_global_id, ':', 4)::int >= :from")
        .param("p", project)
        .param("from", messageFrom)
        .update();
  }

  private UUID projectWithConversation() {
    UUID project = newProject();
    jdbc.sql(
            """
            with s as (
              insert into project_sources (project_id, source_kind, base_url, external_id)
              values (:p, 'chatwoot', 'https://chat.example.com/' || :p, '1') returning id)
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
              created_at, last_activity_at, data)
            select 'cw:' || :p || ':1:1', :p, id, 1, 1, 'open', now(), now(), '{}' from s
            """)
        .param("p", project)
        .update();
    return project;
  }

  private void addMessages(UUID project, int from, int count) {
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, private,
              created_at, data)
            select 'cwmsg:' || :p || ':1:' || n, :p, 'cw:' || :p || ':1:1', n, 'incoming', false, now(), '{}'
            from generate_series(:from, :from + :count - 1) n
            """)
        .param("p", project)
        .param("from", from)
        .param("count", count)
        .update();
    jdbc.sql(
            """
            insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
              content_tokens)
            select :p, 'cw:' || :p || ':1:1', 'cwmsg:' || :p || ':1:' || n, 0, 'text ' || n, repeat('0', 64), 2
            from generate_series(:from, :from + :count - 1) n
            """)
        .param("p", project)
        .param("from", from)
        .param("count", count)
        .update();
  }
}
