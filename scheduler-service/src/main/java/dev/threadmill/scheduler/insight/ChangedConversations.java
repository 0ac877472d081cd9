package dev.threadmill.scheduler.insight;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code changed_conversations}: the conversations that changed since a job worked on them.
 * Triggers note them in the transaction that changes them or their messages, so nothing is missed;
 * a conversation that is gone is noted, too. One run per job and project reads at a time; one that
 * lost its lease and does not know it yet is kept apart by {@link #alone}.
 */
@Repository
public class ChangedConversations {
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final JdbcClient jdbc;

  ChangedConversations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A conversation that changed.
   *
   * @param changeNo what {@link #done} needs to see whether it changed again meanwhile
   * @param failures how often in a row the work on it failed
   */
  public record Changed(String conversationId, long changeNo, int failures) {}

  /**
   * What is due in a project, what waits longest first. Read it before the conversations
   * themselves.
   */
  public List<Changed> next(UUID project, ChangeReader reader, int limit) {
    return jdbc.sql(
            """
            select conversation_global_id, change_no, failures
            from changed_conversations
            where project_id = :project and reader = :reader and due_at <= now()
            order by due_at, conversation_global_id
            limit :limit
            """)
        .param("project", project)
        .param("reader", reader.wireName())
        .param("limit", limit)
        .query(
            (row, n) ->
                new Changed(
                    row.getString("conversation_global_id"),
                    row.getLong("change_no"),
                    row.getInt("failures")))
        .list();
  }

  /**
   * Waits until no other run of this job writes for the project, and keeps others waiting until the
   * end of the transaction. Before anything else is locked. Not by the rows here: triggers write
   * those of all jobs one after the other, so whoever held some while it writes what another job
   * reads would wait for a writer that waits for it.
   */
  public void alone(UUID project, ChangeReader reader) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:what, 0)) is null")
        .param("what", "changed_conversations " + reader.wireName() + " " + project)
        .query(Boolean.class)
        .single();
  }

  /**
   * Those of these that are still to be worked on: what another run was done with, or what changed
   * again, is not. Nobody else works on them until the end of the transaction. Call it first in the
   * transaction that writes what comes of them.
   */
  public List<Changed> lock(UUID project, ChangeReader reader, List<Changed> changes) {
    alone(project, reader);
    Map<String, Long> numbers = new HashMap<>();
    jdbc.sql(
            """
            select conversation_global_id, change_no from changed_conversations
            where conversation_global_id = any (:ids) and reader = :reader
            """)
        .param("ids", changes.stream().map(Changed::conversationId).toArray(String[]::new))
        .param("reader", reader.wireName())
        .query(
            row -> {
              numbers.put(row.getString("conversation_global_id"), row.getLong("change_no"));
            });
    return changes.stream()
        .filter(one -> Objects.equals(numbers.get(one.conversationId()), one.changeNo()))
        .toList();
  }

  /**
   * These are worked on; what changed meanwhile stays due. Call it in the transaction that writes
   * what came of it. The rows are locked in the order in which the triggers write them, so that
   * neither waits for the other.
   */
  public void done(ChangeReader reader, List<Changed> worked) {
    if (worked.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            with worked as materialized (
              select c.conversation_global_id as id from changed_conversations c
              join unnest(:ids::text[], :numbers::bigint[]) as d (id, change_no)
                on c.conversation_global_id = d.id and c.change_no = d.change_no
              where c.reader = :reader
              order by c.conversation_global_id for update of c)
            delete from changed_conversations c using worked
            where c.conversation_global_id = worked.id and c.reader = :reader
            """)
        .param("ids", worked.stream().map(Changed::conversationId).toArray(String[]::new))
        .param("numbers", worked.stream().map(Changed::changeNo).toArray(Long[]::new))
        .param("reader", reader.wireName())
        .update();
  }

  /** Something else than the conversations changed, and the job has to work on these again. */
  public void note(UUID project, ChangeReader reader, List<String> conversations) {
    jdbc.sql(
            """
            insert into changed_conversations as c (project_id, conversation_global_id, reader)
            select :project, id, :reader from unnest(:ids::text[]) as id order by id
            on conflict (conversation_global_id, reader) do update
            set change_no = c.change_no + 1, due_at = least(c.due_at, excluded.due_at), failures = 0, from_message = 0
            """)
        .param("project", project)
        .param("reader", reader.wireName())
        .param("ids", conversations.toArray(String[]::new))
        .update();
  }

  /**
   * The work on one failed: it is due again after a minute, twice as long after each further
   * failure, a day at the most, or when it changes.
   */
  public void setAside(ChangeReader reader, Changed failed) {
    long seconds = Math.min(LONGEST_WAIT.toSeconds(), 60L << Math.min(failed.failures(), 20));
    jdbc.sql(
            """
            update changed_conversations
            set failures = failures + 1, due_at = now() + make_interval(secs => :seconds)
            where conversation_global_id = :id and reader = :reader and change_no = :number
            """)
        .param("seconds", seconds)
        .param("id", failed.conversationId())
        .param("reader", reader.wireName())
        .param("number", failed.changeNo())
        .update();
  }
}
