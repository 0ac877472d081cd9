package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads which vectors a project is searched with, and which of them have an index. */
@Repository
class SearchSpaces {
  private final JdbcClient jdbc;

  SearchSpaces(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param configured counts for a project whose first vectors were written a moment ago
   * @return empty when the project has no vectors
   */
  Optional<SearchSpace> of(UUID projectId, EmbeddingModel configured) {
    return jdbc.sql(
            """
            select m.id, m.name, m.width from embedding_models m
            left join project_vector_spaces s on s.project_id = :project
            where m.width is not null and (m.id = s.model_id or (s.model_id is null and m.name = :configured))
            """)
        .param("project", projectId)
        .param("configured", configured.name())
        .query(
            (row, number) ->
                new SearchSpace(
                    new EmbeddingModel(row.getString("name")),
                    row.getInt("id"),
                    row.getInt("width"),
                    segments(projectId, row.getInt("id"))))
        .optional();
  }

  private List<SearchSpace.Segment> segments(UUID projectId, int modelId) {
    return jdbc.sql(
            """
            select from_position, to_position from vector_segments
            where project_id = :project and model_id = :model and state = 'ready' order by from_position
            """)
        .param("project", projectId)
        .param("model", modelId)
        .query(
            (row, number) ->
                new SearchSpace.Segment(row.getLong("from_position"), row.getLong("to_position")))
        .list();
  }
}
