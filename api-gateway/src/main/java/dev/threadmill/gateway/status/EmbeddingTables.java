package dev.threadmill.gateway.status;

import dev.threadmill.gateway.status.EmbeddingView.Building;
import dev.threadmill.gateway.status.EmbeddingView.Index;
import dev.threadmill.gateway.status.EmbeddingView.Usage;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the embed workers write about their work, read for the status. */
@Repository
class EmbeddingTables {
  /** Counting on would cost each status more, the larger a project is. */
  private static final int MOST_FRESH = 10_001;

  private final JdbcClient jdbc;

  EmbeddingTables(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The models of a project.
   *
   * @param wanted the one that its chunks are embedded with
   * @param serving the one that answers its searches
   */
  record Models(@Nullable String wanted, @Nullable String serving, Index index) {}

  Models models(UUID projectId) {
    return jdbc.sql(
            """
            select (select name from embedding_models order by wanted_since desc, id desc limit 1) as wanted,
              m.name as serving, g.segments, g.indexed,
              exists (select from vector_segments where project_id = s.project_id and state = 'building') as building,
              (select count(*) from (select from rag_vectors v where v.project_id = s.project_id and v.model_id = s.model_id
                 and v.position >= g.until limit :most) f) as fresh
            from (select) one left join project_vector_spaces s on s.project_id = :project
            left join embedding_models m on m.id = s.model_id
            left join lateral (
              select count(*) as segments, coalesce(sum(vectors), 0) as indexed, coalesce(max(to_position), 0) as until
              from vector_segments
              where project_id = s.project_id and model_id = s.model_id and state = 'ready') g on true
            """)
        .param("project", projectId)
        .param("most", MOST_FRESH)
        .query(
            (row, number) ->
                new Models(
                    row.getString("wanted"),
                    row.getString("serving"),
                    new Index(
                        row.getLong("indexed") == 0 ? 0 : row.getLong("segments"),
                        row.getLong("indexed"),
                        row.getLong("fresh"),
                        row.getBoolean("building") ? building(projectId) : null)))
        .single();
  }

  private @Nullable Building building(UUID projectId) {
    return jdbc.sql(
            """
            select g.vectors, p.phase, case when p.tuples_done > 0 and g.vectors > 0
              then least(100, round(100.0 * p.tuples_done / g.vectors, 1)) end as percent
            from pg_stat_progress_create_index p
            join pg_class i on i.oid = p.index_relid
            join vector_segments g on i.relname = 'rag_vectors_hnsw_' || g.id
            where g.project_id = :project limit 1
            """)
        .param("project", projectId)
        .query(
            (row, number) ->
                new Building(
                    row.getLong("vectors"),
                    row.getString("phase"),
                    row.getObject("percent", BigDecimal.class) == null
                        ? null
                        : row.getDouble("percent")))
        .optional()
        .orElse(null);
  }

  List<Usage> usage(UUID projectId, int days) {
    return jdbc.sql(
            """
            select day, model, requests, inputs, tokens, cost_usd, reused, saved_tokens, repeated from embedding_usage
            where project_id = :project and day > (now() at time zone 'UTC')::date - :days::integer
            order by day desc, model
            """)
        .param("project", projectId)
        .param("days", days)
        .query(EmbeddingTables::usage)
        .list();
  }

  /**
   * @param rowsPerSecond rows that became ready, decayed to now as the workers count it
   */
  record Lately(List<Usage> today, double rowsPerSecond) {}

  Lately lately(UUID projectId) {
    List<Usage> today = new ArrayList<>();
    double[] rate = {0};
    jdbc.sql(
            """
            select day, model, requests, inputs, tokens, cost_usd, reused, saved_tokens, repeated,
              day >= (now() at time zone 'UTC')::date as today,
              rate * exp(-greatest(0, least(3600, extract(epoch from clock_timestamp() - rate_at))) / 60) as rate
            from embedding_usage where project_id = :project and day >= (now() at time zone 'UTC')::date - 1
            order by day desc, model
            """)
        .param("project", projectId)
        .query(
            row -> {
              rate[0] += row.getDouble("rate");
              if (row.getBoolean("today")) {
                today.add(usage(row, row.getRow()));
              }
            });
    return new Lately(List.copyOf(today), rate[0]);
  }

  private static Usage usage(ResultSet row, int number) throws SQLException {
    return new Usage(
        row.getObject("day", LocalDate.class),
        row.getString("model"),
        row.getLong("requests"),
        row.getLong("inputs"),
        row.getLong("tokens"),
        row.getBigDecimal("cost_usd"),
        row.getLong("reused"),
        row.getLong("saved_tokens"),
        row.getLong("repeated"));
  }
}
