package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.Embedded;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.budget.ProviderGate.Admission;
import dev.threadmill.embed.budget.ProviderGate.Closed;
import dev.threadmill.embed.budget.ProviderGate.Entry;
import dev.threadmill.embed.request.RowOutcomes.Space;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Requests to the provider: through the gate, timed, counted, priced. */
final class Requests {
  private static final Logger log = LoggerFactory.getLogger(Requests.class);
  private static final Duration STEP = Duration.ofMillis(250);

  private final EmbeddingProvider provider;
  private final EmbeddingPrices prices;
  private final ProviderGate gate;
  private final ModelSpace space;
  private final FlightLimit flight;
  private final EmbedMeters meters;
  private final Traces traces;

  Requests(
      EmbeddingProvider provider,
      EmbeddingPrices prices,
      ProviderGate gate,
      ModelSpace space,
      FlightLimit flight,
      EmbedMeters meters,
      Traces traces) {
    this.provider = provider;
    this.prices = prices;
    this.gate = gate;
    this.space = space;
    this.flight = flight;
    this.meters = meters;
    this.traces = traces;
  }

  EmbeddingModel model() {
    return provider.model();
  }

  /** Asks the gate, and waits for this request's share of the account's limits. */
  Entry enter(long tokens, BooleanSupplier stop) {
    Entry entry = gate.enter(tokens);
    Admission admission = entry.admission();
    if (admission == null) {
      return entry;
    }
    meters.limiterWait(admission.delay());
    if (admission.delay().isZero()) {
      return stop.getAsBoolean() ? stopped(admission) : entry;
    }
    Duration left = admission.delay();
    while (left.isPositive() && !stop.getAsBoolean()) {
      Duration step = left.compareTo(STEP) < 0 ? left : STEP;
      pause(step);
      left = left.minus(step);
    }
    if (stop.getAsBoolean()) {
      return stopped(admission);
    }
    // What happened meanwhile counts, too.
    return gate.heldNow().map(closed -> new Entry(null, closed)).orElse(entry);
  }

  private Entry stopped(Admission unused) {
    gate.leave(unused);
    return new Entry(
        null,
        new Closed(Kind.UNAVAILABLE, "stopping", "the worker or the run stops", Duration.ZERO));
  }

  /** An answer that may be stored. */
  record Answer(Embedded embedded, Space space) {}

  Answer ask(List<String> texts, Admission admission) throws EmbeddingException {
    try (var part = traces.begin("embedding request")) {
      part.with("threadmill.texts", Integer.toString(texts.size()));
      part.with("threadmill.model", model().name());
      try {
        return askNow(texts, admission);
      } catch (EmbeddingException failed) {
        part.failed(failed.code());
        throw failed;
      }
    }
  }

  private Answer askNow(List<String> texts, Admission admission) throws EmbeddingException {
    long start = System.nanoTime();
    String outcome = "ok";
    try {
      Embedded answer = provider.embed(texts);
      Space fitting = space.of(answer.vectors().getFirst().length);
      flight.answered(texts.size(), Duration.ofNanos(System.nanoTime() - start));
      tellGate(admission, answer.allowance());
      return new Answer(answer, fitting);
    } catch (EmbeddingException failed) {
      outcome = failed.kind().name().toLowerCase(Locale.ROOT);
      throw failed;
    } catch (DataAccessException | TransactionException away) {
      throw away;
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

  /** A paid answer is not thrown away because the shared budget can't be written. */
  private void tellGate(Admission admission, Allowance allowance) {
    try {
      gate.answered(admission, allowance);
    } catch (DataAccessException | TransactionException away) {
      log.warn("what the embedding provider said of its limits could not be noted");
    }
  }

  void answered(Admission admission, Allowance allowance) {
    gate.answered(admission, allowance);
  }

  Duration hold(EmbeddingException failure) {
    flight.trouble();
    return gate.hold(failure);
  }

  /**
   * @param tokens as the provider counted them; null where it does not
   */
  Bill bill(List<Input> inputs, @Nullable Long tokens) {
    Bill bill = Bill.of(inputs, tokens, prices, model());
    meters.paid(bill);
    return bill;
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while waiting for the provider's limits", stopped);
    }
  }
}
