package dev.threadmill.core.count;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The tables {@code row_counts} and {@code row_count_changes}: exact counts that triggers keep in
 * the transaction of each change. Reading costs the same at any size.
 */
@Repository
public class RowCounts {
  private final JdbcClient jdbc;

  RowCounts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A project's rows.
   *
   * @param contacts without those that are gone, as with conversations and messages
   */
  public record Counts(
      long contacts,
      long conversations,
      long messages,
      long pending,
      long processing,
      long ready,
      long failed) {
    /** Chunks of any state. */
    public long chunks() {
      return pending + processing + ready + failed;
    }
  }

  public Counts of(UUID projectId) {
    Map<String, Long> kinds = new HashMap<>();
    jdbc.sql(
            """
            select kind, sum(n)::bigint as n from (
              select kind, n from row_counts where project_id = :project
              union all select kind, delta from row_count_changes where project_id = :project) counted
            group by kind
            """)
        .param("project", projectId)
        .query(
            row -> {
              kinds.put(row.getString("kind"), row.getLong("n"));
            });
    return new Counts(
        kinds.getOrDefault("contacts", 0L),
        kinds.getOrDefault("conversations", 0L),
        kinds.getOrDefault("messages", 0L),
        kinds.getOrDefault("chunks_pending", 0L),
        kinds.getOrDefault("chunks_processing", 0L),
        kinds.getOrDefault("chunks_ready", 0L),
        kinds.getOrDefault("chunks_failed", 0L));
  }

  /**
   * Adds differences to the sums. Any number of processes may do it at once.
   *
   * @return how many were folded
   */
  public int fold(int limit) {
    return jdbc.sql(
            """
            with folded as (
              delete from row_count_changes where id in (
                select id from row_count_changes order by id limit :limit for update skip locked)
              returning project_id, kind, delta),
            added as (
              insert into row_counts as c (project_id, kind, n)
              select f.project_id, f.kind, sum(f.delta) from folded f join projects p on p.id = f.project_id
              group by f.project_id, f.kind order by f.project_id, f.kind
              on conflict (project_id, kind) do update set n = c.n + excluded.n)
            select count(*) from folded
            """)
        .param("limit", limit)
        .query(Integer.class)
        .single();
  }

  /**
   * A project whose counts were not compared for so long, for this caller alone; it counts as
   * compared from now on.
   */
  public Optional<UUID> takeUnchecked(Duration age) {
    return jdbc.sql(
            """
            insert into row_count_checks as c (project_id, checked_at)
            select p.id, now() from projects p left join row_count_checks k on k.project_id = p.id
            where k.checked_at is null or k.checked_at < now() - make_interval(secs => :age)
            order by k.checked_at nulls first limit 1
            on conflict (project_id) do update set checked_at = excluded.checked_at
            where c.checked_at < now() - make_interval(secs => :age)
            returning project_id
            """)
        .param("age", age.toSeconds())
        .query(UUID.class)
        .optional();
  }

  /**
   * Counts the rows of a project and corrects what is kept. Takes as long as there are rows.
   *
   * @return how many counts were wrong; more than none is a fault
   */
  public int correct(UUID projectId) {
    return jdbc.sql(
            """
            with kept as (
              select kind, n from row_counts where project_id = :project
              union all select kind, delta from row_count_changes where project_id = :project
              union all select 'contacts', -count(*) from cw_contacts where project_id = :project and deleted_at is null
              union all select 'conversations', -count(*) from cw_conversations
                where project_id = :project and deleted_at is null
              union all select 'messages', -count(*) from cw_messages where project_id = :project and deleted_at is null
              union all select 'chunks_' || embedding_status, -count(*) from rag_chunks
                where project_id = :project group by embedding_status)
            insert into row_count_changes (project_id, kind, delta)
            select :project, kind, -sum(n) from kept group by kind having sum(n) <> 0
            """)
        .param("project", projectId)
        .update();
  }
}
