package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.Refusal;
import dev.threadmill.embed.claim.DatabasePatience;
import dev.threadmill.embed.claim.VectorSpaces;
import dev.threadmill.embed.request.RowOutcomes.Space;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether vectors of an answer belong to those that are stored under the model's name. */
final class ModelSpace {
  /** Refusals of answers that came, and are paid for. */
  static final Set<String> CODES = Set.of(Refusal.OTHER_WIDTH.code(), Refusal.TOO_WIDE.code());

  /** What an HNSW index over half precision takes. */
  private static final int MAX_WIDTH = 4000;

  private final EmbeddingModel model;
  private final VectorSpaces spaces;
  private final DatabasePatience patience;
  private volatile @Nullable Known known;

  ModelSpace(EmbeddingModel model, VectorSpaces spaces, DatabasePatience patience) {
    this.model = model;
    this.spaces = spaces;
    this.patience = patience;
  }

  private record Known(int width, Space space) {}

  Space of(int width) throws EmbeddingException {
    Known before = known;
    if (before != null && before.width() == width) {
      return before.space();
    }
    if (width > MAX_WIDTH) {
      throw new EmbeddingException(
          Refusal.TOO_WIDE,
          "the model answers vectors of %d numbers, more than the %d that can be searched; set EMBEDDING_DIM to %d or less, or EMBEDDING_MODEL to another one"
              .formatted(width, MAX_WIDTH, MAX_WIDTH));
    }
    int id =
        patience
            .write(() -> spaces.id(model, width))
            .orElseThrow(
                () ->
                    new EmbeddingException(
                        Refusal.OTHER_WIDTH,
                        "the model answers vectors of %d numbers, other than those that are stored under its name; give EMBEDDING_MODEL or EMBEDDING_DIM the former value"
                            .formatted(width)));
    var space = new Space(model, id);
    known = new Known(width, space);
    return space;
  }
}
