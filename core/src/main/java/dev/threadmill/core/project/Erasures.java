package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code erasures}: what is to be erased on request, how far that is, and the receipts;
 * with {@code erased_things}, the numbers of what must not be stored again.
 */
@Repository
public final class Erasures {
  private static final String COLUMNS =
      "id, project_id, source_id, kind, number, requested_by, requested_at, deleted, finished_at";

  private final JdbcClient jdbc;

  public Erasures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What is erased. */
  public enum Kind {
    CONTACT("cwc"),
    CONVERSATION("cw"),
    /**
     * With all that it brought; it may be bound anew afterwards, and what was erased of it stays
     * so.
     */
    SOURCE("");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    private @Nullable String globalId(Source source, long number) {
      return this == SOURCE
          ? null
          : "%s:%s:%d:%d".formatted(prefix, source.projectId(), source.accountId(), number);
    }
  }

  /**
   * An erasure as its row has it.
   *
   * @param number Chatwoot's, of the contact, conversation or account
   * @param deleted rows deleted so far, by table
   * @param finishedAt null: it is under way
   */
  public record Erasure(
      UUID id,
      UUID projectId,
      UUID sourceId,
      Kind kind,
      long number,
      String requestedBy,
      Instant requestedAt,
      Map<String, Long> deleted,
      @Nullable Instant finishedAt) {}

  /**
   * A wish that was made.
   *
   * @param isNew false: it was there already
   */
  public record Wish(Erasure erasure, boolean isNew) {}

  /**
   * Wants something erased, or answers with the wish that is there already. Must be called in a
   * transaction, from whose commit on nothing of it is stored any more.
   *
   * @return empty when the source is gone
   */
  public Optional<Wish> request(Source source, Kind kind, long number, String by) {
    // Waits for who is storing something of the source at this moment; see V041. Not for long, for
    // who comes later
    // to store something waits behind it.
    jdbc.sql("set local lock_timeout = '5s'").update();
    boolean there =
        jdbc.sql(
                "select true from project_sources where id = :id and removed_at is null for update")
            .param("id", source.id())
            .query(Boolean.class)
            .optional()
            .isPresent();
    if (!there) {
      return Optional.empty();
    }
    if (kind == Kind.SOURCE) {
      jdbc.sql("update project_sources set removed_at = now(), updated_at = now() where id = :id")
          .param("id", source.id())
          .update();
    } else {
      keepOut(source, kind, number);
    }
    boolean isNew =
        jdbc.sql(
                    """
            insert into erasures (project_id, source_id, kind, number, global_id, requested_by)
            values (:project, :source, :kind, :number, :global_id, :by)
            on conflict (source_id, kind, number) do nothing
            """)
                .param("project", source.projectId())
                .param("source", source.id())
                .param("kind", kind.wireName())
                .param("number", number)
                .param("global_id", kind.globalId(source, number))
                .param("by", by)
                .update()
            == 1;
    return jdbc.sql(
            "select %s from erasures where source_id = :source and kind = :kind and number = :number"
                .formatted(COLUMNS))
        .param("source", source.id())
        .param("kind", kind.wireName())
        .param("number", number)
        .query(Erasures::row)
        .optional()
        .map(erasure -> new Wish(erasure, isNew));
  }

  private void keepOut(Source source, Kind kind, long number) {
    // Chatwoot's list of contacts leaves out those without an address. What is not stored here is
    // not taken for shown there: that would hide another one that is missing.
    jdbc.sql(
            """
            insert into erased_things (project_id, base_url, external_id, global_id, source_id, kind, counted)
            select project_id, base_url, external_id, :global_id, id, :kind,
              exists (select from cw_conversations where global_id = :global_id and deleted_at is null)
              or exists (select from cw_contacts where global_id = :global_id and deleted_at is null
                and (email is not null or phone_number is not null or identifier is not null))
            from project_sources where id = :source
            on conflict do nothing
            """)
        .param("global_id", kind.globalId(source, number))
        .param("source", source.id())
        .param("kind", kind.wireName())
        .update();
  }

  public Optional<Erasure> find(UUID projectId, UUID id) {
    return jdbc.sql(
            "select %s from erasures where project_id = :project and id = :id".formatted(COLUMNS))
        .param("project", projectId)
        .param("id", id)
        .query(Erasures::row)
        .optional();
  }

  /** The newest first. */
  public List<Erasure> ofProject(UUID projectId, int limit) {
    return jdbc.sql(
            """
            select %s from erasures where project_id = :project
            order by requested_at desc, id limit :limit
            """
                .formatted(COLUMNS))
        .param("project", projectId)
        .param("limit", limit)
        .query(Erasures::row)
        .list();
  }

  /**
   * Deletes one batch of one erasure, in one statement, taking turns. Any number of processes may
   * do it at once, and any of them may die.
   *
   * @param most so many rows of one table
   * @return false when there is nothing to erase, or nothing that needs not wait
   */
  public boolean advance(int most) {
    // First it moves behind the others, in a statement of its own: one that fails would hold them
    // up.
    Optional<UUID> next =
        jdbc.sql(
                """
                update erasures set worked_at = clock_timestamp() where id = (
                  select id from erasures
                  where finished_at is null and (waits_for is null or worked_at < clock_timestamp() - interval '1 second')
                  order by worked_at limit 1 for update skip locked)
                returning id
                """)
            .query(UUID.class)
            .optional();
    next.ifPresent(
        id ->
            jdbc.sql(
                    """
                    with mine as (
                      select id from erasures where id = :id and finished_at is null for update skip locked)
                    select erase_rows(id, :most) from mine
                    """)
                .param("id", id)
                .param("most", most)
                .query(Boolean.class)
                .optional());
    return next.isPresent();
  }

  private static Erasure row(ResultSet row, int number) throws SQLException {
    return new Erasure(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        Columns.uuid(row, "source_id"),
        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getLong("number"),
        row.getString("requested_by"),
        Columns.requiredInstant(row, "requested_at"),
        ProjectDeletions.counts(Columns.json(row, "deleted")),
        Columns.instant(row, "finished_at"));
  }
}
