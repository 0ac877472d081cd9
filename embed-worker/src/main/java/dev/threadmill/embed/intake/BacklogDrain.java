package dev.threadmill.embed.intake;

import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.budget.ProviderGate.Closed;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.DueWalk;
import dev.threadmill.embed.request.Tally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One run over a project's backlog: as many batches at once as there are lanes. */
final class BacklogDrain {
  private static final Duration STEP = Duration.ofMillis(200);

  /**
   * While one request tries out a provider that was away, the rows of the others are held back for
   * a second by the database's clock, although the gate looks open.
   */
  private static final Duration HELD_BACK = Duration.ofMillis(1300);

  /** A longer rate limit ends the run; its rows are due when it is over. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  private static final Closed CEILING_REACHED =
      new Closed(
          Kind.RATE_LIMITED,
          "daily_ceiling",
          "the project has spent its daily ceiling; its rows go on at 00:00 UTC",
          Duration.ofDays(1));

  private final DrainParts parts;
  private final int batchSize;
  private final RunContext context;
  private final Clock clock;
  private final Instant start;
  private final DueWalk due;
  private final List<CompletableFuture<Tally>> underWay = new ArrayList<>();
  private Tally total = Tally.NOTHING;
  private volatile boolean exhausted;
  private volatile boolean ended;
  private boolean heldBack;
  private @Nullable String waitsFor;

  BacklogDrain(DrainParts parts, int batchSize, RunContext context, Clock clock) {
    this.parts = parts;
    this.batchSize = batchSize;
    this.context = context;
    this.clock = clock;
    this.start = clock.instant();
    this.due = new DueWalk(parts.claims(), context.run().projectId());
  }

  Outcome drain(LongSupplier pending) throws InterruptedException {
    long waiting = pending.getAsLong();
    context.say(waiting + " chunks wait");
    if (waiting == 0) {
      return outcome(null, 0);
    }
    try {
      @Nullable Closed obstacle = null;
      while (obstacle == null && !(exhausted && !heldBack && underWay.isEmpty())) {
        context.checkpoint();
        collect();
        Optional<Closed> closed = obstacleNow();
        sayWhatHolds(closed.map(Closed::code).orElse(null));
        if (closed.isEmpty() && heldBack && exhausted && underWay.isEmpty()) {
          Thread.sleep(HELD_BACK);
          heldBack = false;
          exhausted = false;
        } else if (closed.isEmpty()) {
          next();
        } else if (waitingHelps(closed.get()) || !underWay.isEmpty()) {
          // Rows that were held back fall due a moment after the gate opens, by the database's
          // clock.
          Thread.sleep(STEP);
          exhausted = false;
        } else {
          obstacle = closed.get();
        }
      }
      return outcome(obstacle, pending.getAsLong());
    } finally {
      // Batches that wait for their request go back; what is on its way is stored.
      ended = true;
    }
  }

  private void next() throws InterruptedException {
    boolean full = underWay.size() >= parts.lanes().count();
    // Lanes that stop take a batch and do nothing; the run is told to stop a moment later.
    if (exhausted || full || !parts.lanes().isRunning()) {
      pause();
      return;
    }
    parts.lanes().submit(this::claim, () -> ended, STEP).ifPresent(underWay::add);
  }

  private List<ClaimedChunk> claim() {
    List<ClaimedChunk> claimed = due.claim(batchSize, Duration.ZERO);
    exhausted = claimed.size() < batchSize;
    return claimed;
  }

  private void collect() {
    underWay.removeIf(
        batch -> {
          if (batch.isDone()) {
            Tally tally = batch.join();
            total = total.plus(tally);
            heldBack |= tally.heldBack() + tally.shared() > 0;
          }
          return batch.isDone();
        });
    context.progress(done(), counters());
  }

  private Optional<Closed> obstacleNow() {
    if (parts.ceiling().reached().contains(context.run().projectId())) {
      return Optional.of(CEILING_REACHED);
    }
    return parts.gate().closed();
  }

  /** The code only: what a provider says of it is in the run's error or result, and in status. */
  private void sayWhatHolds(@Nullable String code) {
    if (!Objects.equals(code, waitsFor)) {
      context.say(code == null ? "goes on" : "waits: " + code);
      waitsFor = code;
    }
  }

  private static boolean waitingHelps(Closed closed) {
    return closed.brief()
        || (closed.kind() == Kind.RATE_LIMITED && closed.remaining().compareTo(LONGEST_WAIT) < 0);
  }

  private void pause() throws InterruptedException {
    if (underWay.isEmpty()) {
      Thread.sleep(STEP);
      return;
    }
    try {
      CompletableFuture.anyOf(underWay.toArray(CompletableFuture[]::new))
          .get(STEP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException
        | java.util.concurrent.ExecutionException later) {
      // What a batch failed of is told when it is collected.
    }
  }

  private Outcome outcome(@Nullable Closed obstacle, long pending) {
    Map<String, Object> result = new LinkedHashMap<>();
    boolean idle = total.claimed() == 0 && obstacle == null;
    boolean partial = total.failed() > 0 || obstacle != null;
    String status = idle ? "idle" : partial ? "partial" : "drained";
    result.put("status", status);
    result.putAll(counters());
    result.put("pending", pending);
    context.say(inWords(status, pending));
    if (obstacle != null) {
      result.put("held_by", obstacle.code());
      result.put("held_because", obstacle.why());
    }
    result.put("duration_ms", Duration.between(start, clock.instant()).toMillis());
    if (obstacle != null && obstacle.code().equals(ProviderGate.OTHER_MODEL)) {
      // No fault of the run's: the other worker takes it, or this one when it is its turn again.
      return new Outcome.RetryLater(obstacle.remaining(), obstacle.code(), obstacle.why(), result);
    }
    if (obstacle != null && obstacle.kind() == Kind.REFUSED) {
      return new Outcome.GiveUp(obstacle.code(), obstacle.why(), result);
    }
    if (obstacle != null && obstacle.kind() == Kind.UNAVAILABLE) {
      return new Outcome.RetryLater(obstacle.remaining(), obstacle.code(), obstacle.why(), result);
    }
    return new Outcome.Done(partial, done(), result);
  }

  private String inWords(String status, long pending) {
    return "%s: %d chunks ready, %d of them without a request, %d failed, %d wait; %d requests, %d tokens"
        .formatted(
            status,
            total.ready() + total.reused(),
            total.reused(),
            total.failed(),
            pending,
            total.requests(),
            total.tokens());
  }

  private long done() {
    return (long) total.ready() + total.reused() + total.failed();
  }

  private Map<String, Object> counters() {
    Map<String, Object> counters = new LinkedHashMap<>();
    counters.put("claimed", total.claimed());
    counters.put("ready", total.ready());
    counters.put("reused", total.reused());
    counters.put("failed", total.failed());
    counters.put("held_back", total.heldBack());
    counters.put("requests", total.requests());
    counters.put("tokens", total.tokens());
    counters.put("cost_usd", total.costUsd());
    return counters;
  }
}
