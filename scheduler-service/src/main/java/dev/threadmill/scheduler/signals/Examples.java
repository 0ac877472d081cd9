package dev.threadmill.scheduler.signals;

import dev.threadmill.core.embedding.Embedded;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingOnDemand;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.embedding.Spending;
import dev.threadmill.scheduler.signals.ExampleTable.Example;
import dev.threadmill.scheduler.signals.SignalFiles.Meanings;
import dev.threadmill.scheduler.signals.UnreadVectors.Model;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sees to it that the examples are in a model's space: each is embedded once per model, at the cost
 * of the project that needs it first.
 */
@Component
final class Examples {
  private static final int AT_ONCE = 20;

  private final ExampleTable table;
  private final EmbeddingOnDemand providers;
  private final Costs costs;
  private final TransactionTemplate transaction;
  private final Set<Example> wanted;

  Examples(
      ExampleTable table,
      EmbeddingOnDemand providers,
      Costs costs,
      MeaningFinder meanings,
      TransactionTemplate transaction) {
    this.table = table;
    this.providers = providers;
    this.costs = costs;
    this.transaction = transaction;
    this.wanted = wanted(meanings.meanings());
  }

  /** Where it is noted what the provider is paid. */
  @Component
  record Costs(EmbeddingUsage usage, EmbeddingPrices prices) {
    /** To be called last in its transaction. */
    void add(UUID project, Model model, List<Example> sent, @Nullable Long counted) {
      long tokens =
          counted != null
              ? counted
              : sent.stream().mapToLong(one -> one.sentence().length() / 4 + 1).sum();
      BigDecimal price = prices.of(new EmbeddingModel(model.name()), tokens);
      usage.add(
          List.of(new Spending(project, 1, sent.size(), tokens, price, 0, 0, 0, 0)), model.name());
    }
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

  /** Whether the examples are in a model's space. */
  sealed interface Provided {
    record Ready() implements Provided {}

    /** Nothing that is configured here can embed them. */
    record Nobody(String why) implements Provided {}

    /** The provider could not embed them this time. */
    record Failed(String why) implements Provided {}

    /** Why they are not there; empty: they are. */
    default Optional<String> missing() {
      return switch (this) {
        case Ready() -> Optional.empty();
        case Nobody(String why) -> Optional.of(why);
        case Failed(String why) -> Optional.of(why);
      };
    }
  }

  /** For one run of a project, in which a provider that fails is not asked again. */
  OfRun ofRun(UUID project, Runnable checkpoint) {
    return new OfRun(project, checkpoint);
  }

  /** The examples of each model, as they are had in one run. */
  final class OfRun {
    private final UUID project;
    private final Runnable checkpoint;
    private final Map<Integer, Provided> answers = new HashMap<>();

    private OfRun(UUID project, Runnable checkpoint) {
      this.project = project;
      this.checkpoint = checkpoint;
    }

    /** Embeds what is missing. Not in a transaction, for it may ask a provider. */
    Provided of(Model model) {
      Provided known = answers.get(model.id());
      if (known == null) {
        known = provide(project, model, checkpoint);
        answers.put(model.id(), known);
      }
      return known;
    }

    /** Whether they were asked for and are there. */
    boolean has(Model model) {
      return answers.get(model.id()) instanceof Provided.Ready;
    }
  }

  private Provided provide(UUID project, Model model, Runnable checkpoint) {
    Set<Example> known = table.known(model.id());
    if (known.equals(wanted)) {
      return new Provided.Ready();
    }
    Optional<EmbeddingProvider> provider;
    try {
      provider = providers.of(new EmbeddingModel(model.name()));
    } catch (RuntimeException unusable) {
      return failed(unusable.getClass().getName());
    }
    if (provider.isEmpty()) {
      return new Provided.Nobody("no provider is configured here for " + model.name());
    }
    List<Example> missing =
        wanted.stream().filter(example -> !known.contains(example)).collect(Collectors.toList());
    for (int from = 0; from < missing.size(); from += AT_ONCE) {
      checkpoint.run();
      List<Example> some = missing.subList(from, Math.min(missing.size(), from + AT_ONCE));
      Embedded answer;
      try {
        answer = provider.get().embed(some.stream().map(Example::sentence).toList());
      } catch (EmbeddingException refused) {
        return failed(refused.code());
      } catch (RuntimeException broken) {
        // What it says may quote an address or a key.
        return failed(broken.getClass().getName());
      }
      if (!keep(project, model, some, answer)) {
        return new Provided.Nobody(
            "the provider answers vectors of another width than those that are stored");
      }
    }
    Set<Example> gone =
        known.stream().filter(example -> !wanted.contains(example)).collect(Collectors.toSet());
    transaction.executeWithoutResult(status -> table.put(model.id(), List.of(), List.of(), gone));
    return new Provided.Ready();
  }

  /** What was paid for is kept at once, and noted also where it is of no use. */
  private boolean keep(UUID project, Model model, List<Example> sent, Embedded answer) {
    boolean fits = answer.vectors().stream().allMatch(vector -> vector.length == model.width());
    transaction.executeWithoutResult(
        status -> {
          if (fits) {
            table.put(model.id(), sent, answer.vectors(), Set.of());
          }
          costs.add(project, model, sent, answer.tokens());
        });
    return fits;
  }

  private static Provided failed(String code) {
    return new Provided.Failed("the provider does not embed the examples: " + code);
  }
}
