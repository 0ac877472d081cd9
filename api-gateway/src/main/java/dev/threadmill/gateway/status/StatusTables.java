package dev.threadmill.gateway.status;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.status.StatusView.Reconciliation;
import dev.threadmill.gateway.status.StatusView.Watermark;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** The numbers of the status, read from the tables of all services. */
@Repository
class StatusTables {
  private final JdbcClient jdbc;

  StatusTables(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The chunk that waits longest.
   *
   * @param dueAt in the future when all wait for their retry
   * @param age for how long it is due by the database's clock; zero when it is not
   */
  record Oldest(Instant dueAt, Duration age) {}

  Optional<Oldest> oldestPending(UUID projectId) {
    return jdbc.sql(
            """
            select next_attempt_at as oldest, greatest(0, extract(epoch from now() - next_attempt_at))::bigint as age
            from rag_chunks
            where project_id = :project and embedding_status = 'pending'
            order by next_attempt_at, id limit 1
            """)
        .param("project", projectId)
        .query(
            (row, number) ->
                new Oldest(
                    Columns.requiredInstant(row, "oldest"), Duration.ofSeconds(row.getLong("age"))))
        .optional();
  }

  long databaseBytes() {
    return jdbc.sql("select pg_database_size(current_database())").query(Long.class).single();
  }

  /**
   * Bytes of each table with its indexes, the largest first; from the file system, without reading
   * rows.
   */
  Map<String, Long> tableBytes() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    jdbc.sql(
            """
            select c.relname, pg_total_relation_size(c.oid) as bytes
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = current_schema() and c.relkind = 'r'
            order by bytes desc, c.relname
            """)
        .query((row, number) -> Map.entry(row.getString("relname"), row.getLong("bytes")))
        .list()
        .forEach(table -> bytes.put(table.getKey(), table.getValue()));
    return bytes;
  }

  List<Watermark> watermarks(UUID projectId) {
    return jdbc.sql(
            """
            select source, cursor_ts, cursor_id, meta, updated_at from sync_watermarks
            where project_id = :project order by source
            """)
        .param("project", projectId)
        .query(StatusTables::watermark)
        .list();
  }

  /**
   * Each source of a project that is not being removed, whether it was ever synced or not, and the
   * database's time.
   */
  record SourceSync(String source, Instant boundAt, @Nullable Instant completeAsOf, Instant now) {}

  List<SourceSync> sources(UUID projectId) {
    return jdbc.sql(
            """
            select 'chatwoot:' || s.external_id as source, s.created_at, (w.meta ->> 'complete_as_of')::timestamptz
              as complete_as_of, now() as now
            from project_sources s left join sync_watermarks w
              on w.project_id = s.project_id and w.source = 'chatwoot:' || s.external_id
            where s.project_id = :project and s.removed_at is null order by s.created_at, s.id
            """)
        .param("project", projectId)
        .query(
            (row, number) ->
                new SourceSync(
                    row.getString("source"),
                    Columns.requiredInstant(row, "created_at"),
                    Columns.instant(row, "complete_as_of"),
                    Columns.requiredInstant(row, "now")))
        .list();
  }

  private static Watermark watermark(ResultSet row, int number) throws SQLException {
    JsonNode meta = Columns.json(row, "meta");
    JsonNode complete = meta.path("complete_as_of");
    return new Watermark(
        row.getString("source"),
        Columns.instant(row, "cursor_ts"),
        Columns.wholeNumber(row, "cursor_id"),
        complete.isString() ? Instant.parse(complete.stringValue()) : null,
        Reconciliation.of(meta.path("reconciliation").path("last")),
        meta,
        Columns.requiredInstant(row, "updated_at"));
  }
}
