package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.sql.ResultSet;
import java.sql.SQLException;
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
    Optional<SearchSpace> given = given(projectId);
    return given.isPresent() ? given : begun(projectId, configured);
  }

  private Optional<SearchSpace> given(UUID projectId) {
    return jdbc.sql(
            """
            select m.id, m.name, m.width from project_vector_spaces s join embedding_models m on m.id = s.model_id
            where s.project_id = :project and m.width is not null
            """)
        .param("project", projectId)
        .query((row, number) -> space(projectId, row))
        .optional();
  }

  /** Other projects may have vectors of the model, so that it tells nothing of this one. */
  private Optional<SearchSpace> begun(UUID projectId, EmbeddingModel configured) {
    return jdbc.sql(
            """
            select m.id, m.name, m.width from embedding_models m
            where m.name = :configured and m.width is not null
              and not exists (select from project_vector_spaces s where s.project_id = :project)
              and exists (select from rag_vectors v where v.project_id = :project and v.model_id = m.id)
            """)
        .param("project", projectId)
        .param("configured", configured.name())
        .query((row, number) -> space(projectId, row))
        .optional();
  }

  private SearchSpace space(UUID projectId, ResultSet row) throws SQLException {
    int model = row.getInt("id");
    return new SearchSpace(
        new EmbeddingModel(row.getString("name")),
        model,
        row.getInt("width"),
        segments(projectId, model));
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
