package dev.threadmill.gateway.search;

import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The statement that finds the nearest vectors: each segment by its index, the fresh part exactly.
 * A partial index serves only where its condition stands in the statement in figures, not as
 * parameters; all of them are our own numbers.
 */
record NearestSql(UUID projectId, SearchSpace space) {
  // Evaluated once, whatever the plan; as a parameter it could be read anew for each row.
  private static final String QUERY = "(select l2_normalize(:query::vector)::halfvec(%d))";

  String text() {
    return space.segments().stream()
        .map(this::indexed)
        .collect(Collectors.joining("\nunion all\n", "", unionWithFresh()));
  }

  private String unionWithFresh() {
    return (space.exact() ? "" : "\nunion all\n")
        + nearest(ofFresh(), "position >= " + space.freshFrom());
  }

  private String indexed(SearchSpace.Segment segment) {
    return nearest(
        cosineDistance("embedding::halfvec(" + space.width() + ")"),
        "position >= " + segment.from() + " and position < " + segment.to());
  }

  /**
   * What is not cast to its width is not what the indexes hold, so it is compared exactly. The
   * inner product is one sum where the cosine takes three, which is a third of the statement's time
   * (ADR 35).
   */
  private String ofFresh() {
    return space.unitLength() ? "1 + (embedding <#> " + query() + ")" : cosineDistance("embedding");
  }

  private String cosineDistance(String embedding) {
    return embedding + " <=> " + query();
  }

  private String query() {
    return QUERY.formatted(space.width());
  }

  private String nearest(String distance, String range) {
    return """
    (select chunk_id, %s as distance from rag_vectors
     where project_id = '%s' and model_id = %d and %s
     order by %s limit :near)\
    """
        .formatted(distance, projectId, space.modelId(), range, distance);
  }
}
