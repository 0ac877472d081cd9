package dev.threadmill.ingest.hint;

import dev.threadmill.core.database.Columns;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code sync_hints}, seen by who reads what they hint at. */
@Repository
class HintTable {
  /** So often a reading fails before the hint is left to the ordinary sync. */
  private static final int MAX_ATTEMPTS = 8;

  private final JdbcClient jdbc;

  HintTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Hints that are due: of each source its oldest first, and the sources in turns. One that waits
   * after a failure is due, too, when word came since.
   *
   * @param without the sources whose hints are not asked for
   */
  List<Hint.Key> due(int limit, Collection<UUID> without) {
    return jdbc.sql(
            """
            select h.source_id, h.conversation_id
            from project_sources s
            cross join lateral (
              select source_id, conversation_id, due_at, row_number() over (order by due_at) as turn
              from (
                (select source_id, conversation_id, due_at from sync_hints
                 where source_id = s.id and due_at <= now() order by due_at limit :limit)
                union
                (select source_id, conversation_id, due_at from sync_hints
                 where source_id = s.id and received_at > failed_at limit :limit)) due
              order by due_at limit :limit) h
            where s.id <> all (:without::uuid[])
            order by h.turn, h.due_at limit :limit
            """)
        .param("limit", limit)
        .param("without", Columns.texts(without))
        .query(
            (row, number) ->
                new Hint.Key(Columns.uuid(row, "source_id"), row.getLong("conversation_id")))
        .list();
  }

  /**
   * Takes a hint that is due, for so long; empty when there is none or somebody else has it. Should
   * this process die, it is due again after that.
   */
  Optional<Hint> claim(Hint.Key key, Duration lease) {
    return jdbc.sql(
            """
            update sync_hints
            set due_at = now() + make_interval(secs => :lease), failed_at = null,
                attempts = case when received_at > failed_at then 0 else attempts end
            where source_id = :source and conversation_id = :conversation
              and (due_at <= now() or received_at > failed_at)
            returning received_at
            """)
        .param("lease", lease.toSeconds())
        .param("source", key.sourceId())
        .param("conversation", key.conversationId())
        .query(
            (row, number) ->
                new Hint(
                    key.sourceId(),
                    key.conversationId(),
                    Columns.requiredInstant(row, "received_at")))
        .optional();
  }

  /** Who holds the hint holds it for so long from now on. */
  void extend(Hint hint, Duration lease) {
    jdbc.sql(
            """
            update sync_hints set due_at = now() + make_interval(secs => :lease)
            where source_id = :source and conversation_id = :conversation
            """)
        .param("lease", lease.toSeconds())
        .param("source", hint.sourceId())
        .param("conversation", hint.conversationId())
        .update();
  }

  /** Gives a hint back that was claimed and not read: somebody else may have it at once. */
  void release(Hint hint) {
    extend(hint, Duration.ZERO);
  }

  /**
   * Deletes a hint whose conversation was read; one that came meanwhile stays, and is due.
   *
   * @return false when one came meanwhile
   */
  boolean done(Hint hint) {
    boolean deleted =
        jdbc.sql(
                    """
                    delete from sync_hints
                    where source_id = :source and conversation_id = :conversation and received_at = :received
                    """)
                .param("source", hint.sourceId())
                .param("conversation", hint.conversationId())
                .param("received", Columns.parameter(hint.receivedAt()))
                .update()
            == 1;
    if (!deleted) {
      jdbc.sql(
              """
              update sync_hints set due_at = now(), attempts = 0
              where source_id = :source and conversation_id = :conversation
              """)
          .param("source", hint.sourceId())
          .param("conversation", hint.conversationId())
          .update();
    }
    return deleted;
  }

  /**
   * The reading failed: it is due again after a wait that doubles, or when word comes, and at last
   * given up, unless word came meanwhile.
   *
   * @param asked how long the server wants to be left alone at the least; null when it did not say
   */
  void failed(Hint hint, Duration first, @Nullable Duration asked) {
    jdbc.sql(
            """
            update sync_hints
            set attempts = attempts + 1, failed_at = clock_timestamp(),
                due_at = now() + make_interval(
                  secs => greatest(:first * 2 ^ least(attempts, 10), :asked::float8))
            where source_id = :source and conversation_id = :conversation
            """)
        .param("first", first.toMillis() / 1000.0)
        .param("asked", asked == null ? null : asked.toMillis() / 1000.0)
        .param("source", hint.sourceId())
        .param("conversation", hint.conversationId())
        .update();
    jdbc.sql(
            """
            delete from sync_hints
            where source_id = :source and conversation_id = :conversation and attempts >= :max
              and received_at = :received
            """)
        .param("received", Columns.parameter(hint.receivedAt()))
        .param("source", hint.sourceId())
        .param("conversation", hint.conversationId())
        .param("max", MAX_ATTEMPTS)
        .update();
  }
}
