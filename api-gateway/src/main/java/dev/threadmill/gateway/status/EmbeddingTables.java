package dev.threadmill.gateway.status;

import dev.threadmill.gateway.status.EmbeddingView.Building;
import dev.threadmill.gateway.status.EmbeddingView.Index;
import dev.threadmill.gateway.status.EmbeddingView.Usage;
import java.math.BigDecimal;
import java.time.LocalDate;
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

  /** The wanted model and the one that answers the project's searches. */
  record Models(@Nullable String wanted, @Nullable String serving) {}

  Models models(UUID projectId) {
    return jdbc.sql(
            """
            select (select name from embedding_models order by wanted_since desc, id desc limit 1) as wanted,
              (select m.name from project_vector_spaces s join embedding_models m on m.id = s.model_id
               where s.project_id = :project) as serving
            """)
        .param("project", projectId)
        .query((row, number) -> new Models(row.getString("wanted"), row.getString("serving")))
        .single();
  }

  /** Rows that became ready a second, decayed to now as the workers count it. */
  double rowsPerSecond(UUID projectId) {
    return jdbc.sql(
            """
            select coalesce(sum(rate * exp(-greatest(0, least(3600,
              extract(epoch from clock_timestamp() - rate_at))) / 60)), 0)
            from embedding_usage where project_id = :project and day >= (now() at time zone 'UTC')::date - 1
            """)
        .param("project", projectId)
        .query(Double.class)
        .single();
  }

  Index index(UUID projectId) {
    return jdbc.sql(
            """
            select count(*) as segments, coalesce(sum(vectors), 0) as indexed,
              (select count(*) from (select from rag_vectors v where v.project_id = :project and v.model_id = s.model_id
                 and v.position >= coalesce(max(g.to_position), 0) limit :most) f) as fresh
            from project_vector_spaces s left join vector_segments g
              on g.project_id = s.project_id and g.model_id = s.model_id and g.state = 'ready'
            where s.project_id = :project group by s.model_id
            """)
        .param("project", projectId)
        .param("most", MOST_FRESH)
        .query(
            (row, number) ->
                new Index(
                    row.getLong("indexed") == 0 ? 0 : row.getLong("segments"),
                    row.getLong("indexed"),
                    row.getLong("fresh"),
                    building(projectId)))
        .optional()
        .orElse(new Index(0, 0, 0, null));
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
        .query(
            (row, number) ->
                new Usage(
                    row.getObject("day", LocalDate.class),
                    row.getString("model"),
                    row.getLong("requests"),
                    row.getLong("inputs"),
                    row.getLong("tokens"),
                    row.getBigDecimal("cost_usd"),
                    row.getLong("reused"),
                    row.getLong("saved_tokens"),
                    row.getLong("repeated")))
        .list();
  }
}
