package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.Embedded;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.budget.ProviderGate.Admission;
import dev.threadmill.embed.budget.ProviderGate.Closed;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.EmbeddedChunk;
import dev.threadmill.embed.request.RowOutcomes.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One batch of claimed rows on its way through the provider. Used by one thread, once. */
final class BatchEmbedding {
  /** Harmless in every language and short for every model. */
  private static final String PROBE = "hello";

  private final Requests requests;
  private final RowOutcomes rows;
  private final InputLimit inputLimit;
  private final EmbeddingModel model;
  private final BooleanSupplier stop;
  private boolean acceptedAny;

  BatchEmbedding(Requests requests, RowOutcomes rows, InputLimit inputLimit, BooleanSupplier stop) {
    this.requests = requests;
    this.rows = rows;
    this.inputLimit = inputLimit;
    this.model = requests.model();
    this.stop = stop;
  }

  /** Sends one request and, as its answer demands, parts of it; every row ends or waits again. */
  Tally send(List<Input> inputs) {
    if (stop.getAsBoolean()) {
      return rows.postpone(inputs, model, Duration.ZERO, false);
    }
    var entry = requests.enter(inputs.stream().mapToLong(Input::tokens).sum(), stop);
    Admission admission = entry.admission();
    if (admission == null) {
      Duration wait =
          Optional.ofNullable(entry.closed()).map(Closed::remaining).orElse(Duration.ZERO);
      return rows.postpone(inputs, model, wait, false);
    }
    Tally request = Tally.request();
    Embedded answer;
    try {
      answer = requests.ask(inputs.stream().map(Input::text).toList(), admission);
      acceptedAny = true;
    } catch (EmbeddingException failed) {
      return request.plus(react(inputs, failed, admission));
    }
    return request.plus(store(inputs, answer, admission));
  }

  private Tally store(List<Input> inputs, Embedded answer, Admission admission) {
    int width = answer.vectors().getFirst().length;
    Optional<Space> space = rows.patiently(() -> requests.space(width));
    if (space.isEmpty()) {
      return react(
          inputs,
          new EmbeddingException(
              Kind.REFUSED,
              "other_width",
              "the model answers vectors of "
                  + width
                  + " numbers, other than those that are stored under its name; give EMBEDDING_MODEL or EMBEDDING_DIM the former value"),
          admission);
    }
    return rows.ready(
        inputs, paired(inputs, answer.vectors()), requests.bill(inputs, answer), space.get());
  }

  private Tally react(List<Input> inputs, EmbeddingException failed, Admission admission) {
    return switch (failed.kind()) {
      case RATE_LIMITED, REFUSED -> rows.postpone(inputs, model, requests.hold(failed), false);
      case UNAVAILABLE -> rows.postpone(inputs, model, requests.hold(failed), true);
      case BAD_ANSWER -> {
        requests.answered(admission, Allowance.UNKNOWN);
        yield rows.retryOrFail(inputs, model, sentence(failed));
      }
      case TOO_LARGE, BAD_INPUT -> {
        requests.answered(admission, Allowance.UNKNOWN);
        yield inputs.size() > 1 ? halves(inputs, failed) : guilty(inputs, failed);
      }
    };
  }

  /** The provider does not say which text it dislikes: log₂ n requests find it. */
  private Tally halves(List<Input> inputs, EmbeddingException failed) {
    int middle = inputs.size() / 2;
    Tally one = send(inputs.subList(0, middle));
    Tally other = send(inputs.subList(middle, inputs.size()));
    Tally both = one.plus(other);
    boolean bothTaken = both.requests() == 2 && both.failed() == 0 && both.heldBack() == 0;
    if (bothTaken && !failed.code().equals("max_tokens_per_request")) {
      inputLimit.learn(inputs.size() - middle);
    }
    return both;
  }

  /**
   * A provider that refuses every text (a wrong setting, say) must not make all rows fail: where
   * nothing was accepted yet, a harmless text tells whose fault it is.
   */
  private Tally guilty(List<Input> inputs, EmbeddingException failed) {
    if (acceptedAny || failed.kind() == Kind.TOO_LARGE) {
      return rows.fail(inputs, model, sentence(failed));
    }
    Tally probe = Tally.request();
    var entry = requests.enter(1, stop);
    Admission admission = entry.admission();
    if (admission == null) {
      return rows.postpone(inputs, model, Duration.ofSeconds(1), false);
    }
    try {
      requests.ask(List.of(PROBE), admission);
      acceptedAny = true;
    } catch (EmbeddingException refused) {
      var reason =
          refused.kind() == Kind.BAD_INPUT
              ? new EmbeddingException(
                  Kind.REFUSED, "every_text_refused", "no text is accepted: " + sentence(refused))
              : refused;
      return probe.plus(react(inputs, reason, admission));
    }
    return probe.plus(rows.fail(inputs, model, sentence(failed)));
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

  private static String sentence(EmbeddingException failed) {
    return String.valueOf(failed.getMessage());
  }
}
