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
    // Its segments are asked for when the first answer's connection is given back: searches that
    // each have one and want another would wait for each other.
    return given(projectId)
        .or(() -> begun(projectId, configured))
        .map(
            model ->
                new SearchSpace(
                    new EmbeddingModel(model.name()),
                    model.id(),
                    model.width(),
                    segments(projectId, model.id())));
  }

  private record Model(int id, String name, int width) {}

  private Optional<Model> given(UUID projectId) {
    return jdbc.sql(
            """
            select m.id, m.name, m.width from project_vector_spaces s join embedding_models m on m.id = s.model_id
            where s.project_id = :project and m.width is not null
            """)
        .param("project", projectId)
        .query(SearchSpaces::model)
        .optional();
  }

  /** Other projects may have vectors of the model, so that it tells nothing of this one. */
  private Optional<Model> begun(UUID projectId, EmbeddingModel configured) {
    return jdbc.sql(
            """
            select m.id, m.name, m.width from embedding_models m
            where m.name = :configured and m.width is not null
              and not exists (select from project_vector_spaces s where s.project_id = :project)
              and exists (select from rag_vectors v where v.project_id = :project and v.model_id = m.id)
            """)
        .param("project", projectId)
        .param("configured", configured.name())
        .query(SearchSpaces::model)
        .optional();
  }

  private static Model model(ResultSet row, int number) throws SQLException {
    return new Model(row.getInt("id"), row.getString("name"), row.getInt("width"));
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
