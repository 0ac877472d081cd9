package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.EmbeddedChunk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One batch of claimed rows on its way through the provider. Used by one thread, once. */
final class BatchEmbedding {
  private static final Logger log = LoggerFactory.getLogger(BatchEmbedding.class);

  /** Harmless in every language and short for every model. */
  private static final String PROBE = "hello";

  private final EmbeddingProvider provider;
  private final ProviderGate gate;
  private final RowOutcomes rows;
  private final EmbedMeters meters;
  private final BooleanSupplier stop;
  private boolean acceptedAny;

  BatchEmbedding(
      EmbeddingProvider provider,
      ProviderGate gate,
      RowOutcomes rows,
      EmbedMeters meters,
      BooleanSupplier stop) {
    this.provider = provider;
    this.gate = gate;
    this.rows = rows;
    this.meters = meters;
    this.stop = stop;
  }

  /** Sends one request and, as its answer demands, parts of it; every row ends or waits again. */
  Tally send(List<Input> inputs) {
    if (stop.getAsBoolean()) {
      return rows.postpone(chunks(inputs), Duration.ZERO);
    }
    var closed = gate.enter();
    if (closed.isPresent()) {
      return rows.postpone(chunks(inputs), closed.get().remaining());
    }
    Tally request = Tally.request();
    List<float[]> vectors;
    try {
      vectors = ask(inputs.stream().map(Input::text).toList());
    } catch (EmbeddingException failed) {
      return request.plus(react(inputs, failed));
    }
    meters.tokens(inputs.stream().mapToLong(Input::tokens).sum());
    return request.plus(rows.ready(paired(inputs, vectors), provider.model()));
  }

  private List<float[]> ask(List<String> texts) throws EmbeddingException {
    long start = System.nanoTime();
    String outcome = "ok";
    try {
      List<float[]> vectors = provider.embed(texts);
      acceptedAny = true;
      gate.answered();
      return vectors;
    } catch (EmbeddingException failed) {
      outcome = failed.kind().name().toLowerCase(Locale.ROOT);
      throw failed;
    } catch (RuntimeException unforeseen) {
      outcome = "unexpected";
      log.error("a request to the embedding provider failed unexpectedly", unforeseen);
      throw new EmbeddingException(
          Kind.BAD_ANSWER,
          "unexpected",
          "an unexpected error (" + unforeseen.getClass().getSimpleName() + ")");
    } finally {
      meters.request(outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private Tally react(List<Input> inputs, EmbeddingException failed) {
    return switch (failed.kind()) {
      case RATE_LIMITED, REFUSED, UNAVAILABLE -> rows.postpone(chunks(inputs), gate.hold(failed));
      case BAD_ANSWER -> {
        gate.answered();
        yield rows.retryOrFail(chunks(inputs), sentence(failed));
      }
      case TOO_LARGE, BAD_INPUT -> {
        gate.answered();
        yield inputs.size() > 1 ? halves(inputs) : guilty(inputs, failed);
      }
    };
  }

  /** The provider does not say which text it dislikes: log₂ n requests find it. */
  private Tally halves(List<Input> inputs) {
    int middle = inputs.size() / 2;
    return send(inputs.subList(0, middle)).plus(send(inputs.subList(middle, inputs.size())));
  }

  /**
   * A provider that refuses every text (a wrong setting, say) must not make all rows fail: where
   * nothing was accepted yet, a harmless text tells whose fault it is.
   */
  private Tally guilty(List<Input> inputs, EmbeddingException failed) {
    if (acceptedAny || failed.kind() == Kind.TOO_LARGE) {
      return rows.fail(chunks(inputs), sentence(failed));
    }
    Tally probe = Tally.request();
    try {
      ask(List.of(PROBE));
    } catch (EmbeddingException refused) {
      var reason =
          refused.kind() == Kind.BAD_INPUT
              ? new EmbeddingException(
                  Kind.REFUSED, "every_text_refused", "no text is accepted: " + sentence(refused))
              : refused;
      return probe.plus(react(inputs, reason));
    }
    return probe.plus(rows.fail(chunks(inputs), sentence(failed)));
  }

  private static List<EmbeddedChunk> paired(List<Input> inputs, List<float[]> vectors) {
    List<EmbeddedChunk> embedded = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (ClaimedChunk chunk : inputs.get(i).chunks()) {
        embedded.add(new EmbeddedChunk(chunk, vectors.get(i), inputs.get(i).remark()));
      }
    }
    return embedded;
  }

  private static List<ClaimedChunk> chunks(List<Input> inputs) {
    return inputs.stream().flatMap(input -> input.chunks().stream()).toList();
  }

  private static String sentence(EmbeddingException failed) {
    return String.valueOf(failed.getMessage());
  }
}
