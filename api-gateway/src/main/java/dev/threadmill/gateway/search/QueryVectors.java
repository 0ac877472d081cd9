package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.embedding.EmbeddingProviders;
import dev.threadmill.core.embedding.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Turns a question into a vector of the space that the project is searched in: the configured
 * model's, or the former one's while the rows are being embedded again.
 */
@Component
class QueryVectors {
  private final EmbeddingProviders providers;
  private final SearchSpaces spaces;

  QueryVectors(EmbeddingProviders providers, SearchSpaces spaces) {
    this.providers = providers;
    this.spaces = spaces;
  }

  /** A question in a space. */
  record Question(SearchSpace space, float[] vector) {}

  /**
   * @return empty when the project has no vectors yet
   */
  Optional<Question> embed(UUID projectId, String query) throws EmbeddingException {
    Optional<SearchSpace> space = spaces.of(projectId, providers.configured().model());
    if (space.isEmpty()) {
      return Optional.empty();
    }
    float[] vector = provider(space.get().model()).embed(List.of(query)).vectors().getFirst();
    if (vector.length != space.get().width()) {
      throw new EmbeddingException(
          Refusal.OTHER_WIDTH,
          "the model "
              + space.get().model().name()
              + " answers vectors of another width than those that are stored");
    }
    return Optional.of(new Question(space.get(), vector));
  }

  private EmbeddingProvider provider(EmbeddingModel model) throws EmbeddingException {
    return providers
        .of(model)
        .orElseThrow(
            () ->
                new EmbeddingException(
                    Refusal.MODEL_NOT_CONFIGURED,
                    "the project's vectors are of "
                        + model.name()
                        + ", which the configured provider does not have; its meaning counts again when the new vectors are complete"));
  }
}
