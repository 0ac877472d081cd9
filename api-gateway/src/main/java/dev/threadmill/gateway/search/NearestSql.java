package dev.threadmill.gateway.search;

import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The statements that find the nearest vectors: each segment by its index, the fresh part exactly.
 * A partial index serves only where its condition stands in the statement in figures, not as
 * parameters; all of them are our own numbers.
 */
record NearestSql(UUID projectId, SearchSpace space) {
  // Evaluated once, whatever the plan; as a parameter it could be read anew for each row.
  private static final String QUERY = "(select :query::halfvec(%d))";

  /** By the indexes, and what they do not hold yet. */
  String text() {
    return space.segments().stream()
        .map(this::indexed)
        .collect(Collectors.joining("\nunion all\n", "", fresh()));
  }

  /** Of those for which a condition of our own holds, each compared. */
  String exact(String condition) {
    return nearest("embedding", condition);
  }

  private String fresh() {
    return "\nunion all\n" + exact("position >= " + space.freshFrom());
  }

  private String indexed(SearchSpace.Segment segment) {
    return nearest(
        "embedding::halfvec(" + space.width() + ")",
        "position >= " + segment.from() + " and position < " + segment.to());
  }

  /** What is not cast to its width is not what the indexes hold, so it is compared exactly. */
  private String nearest(String embedding, String condition) {
    String distance = embedding + " <=> " + QUERY.formatted(space.width());
    return """
    (select chunk_id, %s as distance from rag_vectors
     where project_id = '%s' and model_id = %d and %s
     order by %s limit :near)\
    """
        .formatted(distance, projectId, space.modelId(), condition, distance);
  }
}
