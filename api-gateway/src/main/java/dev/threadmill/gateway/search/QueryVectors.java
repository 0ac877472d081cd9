package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.Embedded;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.embedding.EmbeddingProviders;
import dev.threadmill.core.embedding.Refusal;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.gateway.status.EmbeddingView.Hold;
import dev.threadmill.gateway.status.ProviderHolds;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Turns a question into a vector of the space that the project is searched in: the configured
 * model's, or the former one's while the rows are being embedded again. While the workers' hold
 * says that the provider refuses or does not answer, it is not asked.
 */
@Component
class QueryVectors {
  private final EmbeddingProviders providers;
  private final SearchSpaces spaces;
  private final ProviderHolds holds;
  private final QuestionCosts costs;
  private final Traces traces;

  /** Somebody waits for the answer, which a worker's patience would make wait for long. */
  private final Duration patience;

  QueryVectors(
      EmbeddingProviders providers,
      SearchSpaces spaces,
      ProviderHolds holds,
      QuestionCosts costs,
      Traces traces,
      Settings settings) {
    this.providers = providers;
    this.spaces = spaces;
    this.holds = holds;
    this.costs = costs;
    this.traces = traces;
    this.patience =
        Duration.ofMillis(settings.integer("SEARCH_EMBED_TIMEOUT_MS", 5_000, 100, 600_000));
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
    EmbeddingProvider provider = provider(space.get().model());
    Optional<Hold> hold = holds.inForce(provider);
    if (hold.isPresent()) {
      throw new EmbeddingException(
          Kind.valueOf(hold.get().kind().toUpperCase(Locale.ROOT)),
          hold.get().code(),
          hold.get().reason());
    }
    Embedded answer = ask(provider, query);
    costs.add(projectId, provider.model(), query, answer.tokens());
    float[] vector = answer.vectors().getFirst();
    if (vector.length != space.get().width()) {
      throw new EmbeddingException(
          Refusal.OTHER_WIDTH,
          "the model "
              + space.get().model().name()
              + " answers vectors of another width than those that are stored");
    }
    return Optional.of(new Question(space.get(), vector));
  }

  private Embedded ask(EmbeddingProvider provider, String query) throws EmbeddingException {
    try (var part = traces.begin("question embedding")) {
      part.with("threadmill.model", provider.model().name());
      try {
        return provider.embed(List.of(query), patience);
      } catch (EmbeddingException failed) {
        part.failed(failed.code());
        throw failed;
      }
    }
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
                        + ", which the configured provider does not have; its meaning counts again"
                        + " when the new vectors are complete"));
  }
}
