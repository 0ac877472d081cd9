package dev.threadmill.scheduler.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.scheduler.SchedulerIT;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class ChangedConversationsIT extends SchedulerIT {
  private static final String LOCK =
      "select change_no from changed_conversations where conversation_global_id = :id and reader = 'health' for update";

  @Autowired private ChangedConversations changed;
  @Autowired private TransactionTemplate transaction;

  @Test
  void who_is_done_with_some_waits_for_the_first_before_it_takes_the_next() throws Exception {
    UUID project = newProject();
    List<String> ids = List.of("cw:%s:1:1".formatted(project), "cw:%s:1:2".formatted(project));
    for (String id : ids) {
      jdbc.sql(
              "insert into changed_conversations (project_id, conversation_global_id, reader) values (:project, :id, 'health')")
          .param("project", project)
          .param("id", id)
          .update();
    }
    List<Changed> worked = ids.reversed().stream().map(id -> new Changed(id, 1, 0)).toList();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> done =
          transaction.execute(
              status -> {
                lock(ids.getFirst(), "");
                Future<?> waiting = threads.submit(() -> changed.done(ChangeReader.HEALTH, worked));
                await().until(() -> somebodyWaits("changed_conversations"));
                // As a trigger does that writes both.
                lock(ids.getLast(), " nowait");
                return waiting;
              });
      done.get();
    }

    assertThat(changed.next(project, ChangeReader.HEALTH, 10)).isEmpty();
  }

  @Test
  void of_two_runs_with_the_same_batch_the_second_finds_what_the_first_left() throws Exception {
    UUID project = newProject();
    List<Changed> batch =
        java.util.stream.IntStream.rangeClosed(1, 3)
            .mapToObj(n -> new Changed("cw:%s:1:%d".formatted(project, n), 1, 0))
            .toList();
    changed.note(
        project, ChangeReader.HEALTH, batch.stream().map(Changed::conversationId).toList());

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Changed>> second =
          transaction.execute(
              status -> {
                assertThat(changed.lock(project, ChangeReader.HEALTH, batch)).isEqualTo(batch);
                Future<List<Changed>> late =
                    threads.submit(
                        () ->
                            transaction.execute(
                                inner -> changed.lock(project, ChangeReader.HEALTH, batch)));
                await().until(() -> somebodyWaits("pg_advisory_xact_lock"));
                changed.done(ChangeReader.HEALTH, List.of(batch.getFirst()));
                changed.note(
                    project, ChangeReader.HEALTH, List.of(batch.getLast().conversationId()));
                return late;
              });
      assertThat(second.get()).containsExactly(batch.get(1));
    }
  }

  private void lock(String id, String how) {
    jdbc.sql(LOCK + how).param("id", id).query(Long.class).single();
  }

  private boolean somebodyWaits(String what) {
    return jdbc.sql(
            """
            select exists (
              select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like '%' || :what || '%')
            """)
        .param("what", what)
        .query(Boolean.class)
        .single();
  }
}
