package dev.threadmill.scheduler.signals;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingOnDemand;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.scheduler.signals.ExampleTable.Example;
import dev.threadmill.scheduler.signals.SignalFiles.Meanings;
import dev.threadmill.scheduler.signals.UnreadVectors.Model;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Sees to it that the examples are in a model's space: each is embedded once per model. */
@Component
final class Examples {
  private static final int AT_ONCE = 20;

  private final ExampleTable table;
  private final EmbeddingOnDemand providers;
  private final TransactionTemplate transaction;
  private final Set<Example> wanted;

  Examples(
      ExampleTable table,
      EmbeddingOnDemand providers,
      MeaningFinder meanings,
      TransactionTemplate transaction) {
    this.table = table;
    this.providers = providers;
    this.transaction = transaction;
    this.wanted = wanted(meanings.meanings());
  }

  private static Set<Example> wanted(Meanings meanings) {
    Set<Example> wanted = new LinkedHashSet<>();
    meanings
        .types()
        .forEach(
            (type, meaning) ->
                meaning.examples().forEach(text -> wanted.add(new Example(type.wireName(), text))));
    meanings.neutral().forEach(text -> wanted.add(new Example(MeaningFinder.NEUTRAL, text)));
    return wanted;
  }

  /**
   * Embeds what is missing. Not in a transaction, for it may ask a provider.
   *
   * @return why the examples are not there; empty: they are
   */
  Optional<String> provide(Model model) {
    Set<Example> known = table.known(model.id());
    if (known.equals(wanted)) {
      return Optional.empty();
    }
    Optional<EmbeddingProvider> provider = providers.of(new EmbeddingModel(model.name()));
    if (provider.isEmpty()) {
      return Optional.of("no provider is configured here for " + model.name());
    }
    List<Example> missing =
        wanted.stream().filter(example -> !known.contains(example)).collect(Collectors.toList());
    try {
      List<float[]> vectors = new ArrayList<>();
      for (int from = 0; from < missing.size(); from += AT_ONCE) {
        List<Example> some = missing.subList(from, Math.min(missing.size(), from + AT_ONCE));
        vectors.addAll(
            provider.get().embed(some.stream().map(Example::sentence).toList()).vectors());
      }
      if (vectors.stream().anyMatch(vector -> vector.length != model.width())) {
        return Optional.of(
            "the provider answers vectors of another width than those that are stored");
      }
      Set<Example> gone =
          known.stream().filter(example -> !wanted.contains(example)).collect(Collectors.toSet());
      transaction.executeWithoutResult(status -> table.put(model.id(), missing, vectors, gone));
      return Optional.empty();
    } catch (EmbeddingException failed) {
      return Optional.of("the provider does not embed the examples: " + failed.code());
    }
  }
}
