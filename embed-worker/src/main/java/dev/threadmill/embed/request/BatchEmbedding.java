package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.Refusal;
import dev.threadmill.embed.budget.ProviderGate.Admission;
import dev.threadmill.embed.budget.ProviderGate.Closed;
import dev.threadmill.embed.budget.ProviderGate.Entry;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.EmbeddedChunk;
import dev.threadmill.embed.request.Requests.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One batch of claimed rows on its way through the provider. Used by one thread, once. */
final class BatchEmbedding {
  /** Harmless in every language and short for every model. */
  private static final String HARMLESS = "hello";

  private final Requests requests;
  private final RowOutcomes rows;
  private final InputLimit inputLimit;
  private final Leases leases;
  private final EmbeddingModel model;
  private final BooleanSupplier stop;
  private boolean acceptedAny;

  BatchEmbedding(
      Requests requests,
      RowOutcomes rows,
      InputLimit inputLimit,
      Leases leases,
      BooleanSupplier stop) {
    this.requests = requests;
    this.rows = rows;
    this.inputLimit = inputLimit;
    this.leases = leases;
    this.model = requests.model();
    this.stop = stop;
  }

  /** Sends one request and, as its answer demands, parts of it; every row ends or waits again. */
  Tally send(List<Input> inputs) {
    if (stop.getAsBoolean()) {
      return rows.postpone(inputs, model, Duration.ZERO, false);
    }
    leases.renewWhenOld();
    Entry entry = requests.enter(inputs.stream().mapToLong(Input::tokens).sum(), stop);
    Admission admission = entry.admission();
    if (admission == null) {
      return rows.postpone(inputs, model, remaining(entry), false);
    }
    if (!admission.probe()) {
      return ask(inputs, admission);
    }
    // These texts may be what the provider falls over: another one finds out whether it is back.
    Tally probe = Tally.request();
    Optional<EmbeddingException> away = tryHarmless(admission);
    return probe.plus(
        away.isPresent()
            ? rows.postpone(inputs, model, requests.hold(away.get()), false)
            : send(inputs));
  }

  private Tally ask(List<Input> inputs, Admission admission) {
    Tally request = Tally.request();
    Answer answer;
    try {
      answer = requests.ask(inputs.stream().map(Input::text).toList(), admission);
      acceptedAny = true;
      inputLimit.answered(inputs.size());
    } catch (EmbeddingException failed) {
      return request.plus(react(inputs, failed, admission));
    }
    return request.plus(
        rows.ready(
            inputs,
            paired(inputs, answer.embedded().vectors()),
            requests.bill(inputs, answer.embedded().tokens()),
            answer.space()));
  }

  private Tally react(List<Input> inputs, EmbeddingException failed, Admission admission) {
    return switch (failed.kind()) {
      case RATE_LIMITED -> rows.postpone(inputs, model, requests.hold(failed), false);
      case REFUSED -> {
        boolean answered = ModelSpace.CODES.contains(failed.code());
        Tally held = rows.postpone(inputs, model, requests.hold(failed), answered);
        yield answered ? held.plus(paidForNothing(inputs)) : held;
      }
      case UNAVAILABLE -> unavailable(inputs, failed);
      case BAD_ANSWER -> {
        requests.answered(admission, Allowance.UNKNOWN);
        yield rows.retryOrFail(inputs, model, sentence(failed)).plus(paidForNothing(inputs));
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
    if (bothTaken && failed.refusedForItsSize()) {
      inputLimit.learn(inputs.size() - middle);
    }
    return both;
  }

  /**
   * Whether the provider is away, or falls over a text of this request and answers all others? A
   * harmless text tells. Who is to blame is then found as with a refused text, and charged.
   */
  private Tally unavailable(List<Input> inputs, EmbeddingException failed) {
    Duration wait = requests.hold(failed);
    Entry entry = failed.retryAfter().isPresent() ? null : requests.enter(1, stop);
    Admission admission = entry == null ? null : entry.admission();
    if (admission == null) {
      return rows.postpone(inputs, model, wait, true);
    }
    Tally probe = Tally.request();
    Optional<EmbeddingException> away = tryHarmless(admission);
    if (away.isPresent()) {
      return probe.plus(rows.postpone(inputs, model, requests.hold(away.get()), true));
    }
    List<Input> again = inputs.stream().map(Input::again).toList();
    return probe.plus(
        again.size() > 1
            ? halves(again, failed)
            : rows.retryOrFail(again, model, sentence(failed) + ", although it answers others"));
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
    Admission admission = requests.enter(1, stop).admission();
    if (admission == null) {
      return rows.postpone(inputs, model, Duration.ofSeconds(1), false);
    }
    Optional<EmbeddingException> refused = tryHarmless(admission);
    return probe.plus(
        refused.isPresent()
            ? rows.postpone(inputs, model, requests.hold(refused.get()), false)
            : rows.fail(inputs, model, sentence(failed)));
  }

  /**
   * @return why nothing can be embedded now; empty when the provider is at work
   */
  private Optional<EmbeddingException> tryHarmless(Admission admission) {
    leases.renewWhenOld();
    try {
      requests.ask(List.of(HARMLESS), admission);
      acceptedAny = true;
    } catch (EmbeddingException refused) {
      switch (refused.kind()) {
        case BAD_INPUT -> {
          return Optional.of(
              new EmbeddingException(
                  Refusal.EVERY_TEXT_REFUSED, "no text is accepted: " + sentence(refused)));
        }
        // It answers, if badly.
        case BAD_ANSWER, TOO_LARGE -> requests.answered(admission, Allowance.UNKNOWN);
        default -> {
          return Optional.of(refused);
        }
      }
    }
    return Optional.empty();
  }

  private Tally paidForNothing(List<Input> inputs) {
    return rows.paidForNothing(requests.bill(inputs, null), model);
  }

  private static Duration remaining(Entry entry) {
    return Optional.ofNullable(entry.closed()).map(Closed::remaining).orElse(Duration.ZERO);
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
