package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.Allowance;
import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.embed.budget.ProviderBudgets.Verdict;
import dev.threadmill.embed.budget.ProviderHolds.Hold;
import dev.threadmill.embed.budget.ProviderHolds.Standing;
import dev.threadmill.embed.claim.DatabasePatience;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the provider may be asked now. A rate limit, a refusal or an outage is the provider's or
 * the account's, never one row's, so it holds the requests of all workers. After a refusal or an
 * outage one request of one worker tries first; the others follow when it was answered.
 */
public final class ProviderGate {
  /** The code of a pause: another worker embeds with another model. */
  public static final String OTHER_MODEL = "other_model";

  private static final Logger log = LoggerFactory.getLogger(ProviderGate.class);

  /** How old the answer to {@link #closed()} may be; {@link #enter} always asks anew. */
  private static final Duration FRESH = Duration.ofMillis(200);

  /** While one request tries out the provider, the others look again after this long. */
  private static final Duration PROBING = Duration.ofSeconds(1);

  private final ProviderBudgets budgets;
  private final ProviderHolds holds;
  private final DatabasePatience patience;
  private final Corrections corrections = new Corrections(System::nanoTime);
  private @Nullable Standing seen;
  private long seenAt = System.nanoTime() - FRESH.toNanos();
  private @Nullable String said;
  private @Nullable Refusal refusal;
  private volatile @Nullable Closed pause;

  ProviderGate(ProviderBudgets budgets, ProviderHolds holds, DatabasePatience patience) {
    this.budgets = budgets;
    this.holds = holds;
    this.patience = patience;
  }

  /**
   * Why nothing may be sent.
   *
   * @param kind {@code RATE_LIMITED}, {@code REFUSED} or {@code UNAVAILABLE}
   * @param code a stable word
   * @param why a sentence for users
   * @param remaining when to ask again, never negative
   * @param brief it may be over at any moment: another request is trying out the provider
   */
  public record Closed(Kind kind, String code, String why, Duration remaining, boolean brief) {
    public Closed(Kind kind, String code, String why, Duration remaining) {
      this(kind, code, why, remaining, false);
    }
  }

  /**
   * A request may be sent.
   *
   * @param delay before sending, so that the account's limits are kept
   * @param quiet nothing was wrong before
   * @param probe it is to find out whether the provider can be asked again
   * @param counted the limits as they are known to all workers, this request counted
   */
  public record Admission(Duration delay, boolean quiet, boolean probe, Allowance counted) {}

  /** One of the two is there. */
  public record Entry(@Nullable Admission admission, @Nullable Closed closed) {}

  /** Nothing is claimed by this worker for a reason of its own; null: it may go on. */
  public void pause(@Nullable Closed reason) {
    if (reason != null && pause == null) {
      log.warn("embedding waits: {}", reason.why());
    }
    pause = reason;
  }

  /** Whether this worker waits for a reason of its own, while others may go on. */
  public boolean isPaused() {
    return pause != null;
  }

  /** Looks without taking part: for deciding whether to claim rows at all. */
  public Optional<Closed> closed() {
    return trouble()
        .filter(closed -> closed.remaining().isPositive())
        .or(() -> Optional.ofNullable(refusedLately()));
  }

  /**
   * Why nothing is sent now, as the database says this moment; one who tries out is let through.
   */
  public Optional<Closed> heldNow() {
    look();
    return trouble().filter(closed -> closed.remaining().isPositive() && !closed.brief());
  }

  /**
   * A request that was not admitted for the limits.
   *
   * @param tokens what it would have cost
   * @param seenAt when it was said how long it would have to wait
   */
  private record Refusal(long tokens, Closed closed, long seenAt) {
    Duration left(long now) {
      return later(closed.remaining(), now - seenAt);
    }
  }

  /**
   * Who was not admitted is told when to ask again. To claim rows before that would only write them
   * to and fro. It ends sooner when the shared row says so; never later, or those who are admitted
   * meanwhile could keep one out for ever.
   */
  private synchronized @Nullable Closed refusedLately() {
    Refusal refused = refusal;
    if (refused == null) {
      return null;
    }
    long now = System.nanoTime();
    Duration left = refused.left(now);
    if (now - refused.seenAt() >= FRESH.toNanos()) {
      Duration queue = budgets.queue(refused.tokens());
      left = queue.compareTo(left) < 0 ? queue : left;
      refused = new Refusal(refused.tokens(), waiting(refused.closed(), left), now);
    }
    refusal = left.isZero() ? null : refused;
    return left.isZero() ? null : waiting(refused.closed(), left);
  }

  private static Closed waiting(Closed closed, Duration left) {
    return new Closed(closed.kind(), closed.code(), closed.why(), left, closed.brief());
  }

  private synchronized void refuse(long tokens, Closed closed) {
    refusal = new Refusal(tokens, closed, System.nanoTime());
  }

  /** Why the provider could not be asked lately; empty as soon as it answers again. */
  public synchronized Optional<Closed> trouble() {
    Closed paused = pause;
    if (paused != null) {
      return Optional.of(paused);
    }
    long age = System.nanoTime() - seenAt;
    if (age >= FRESH.toNanos()) {
      see(holds.standing().orElse(null));
      age = 0;
    }
    Standing standing = seen;
    return standing == null
        ? Optional.empty()
        : Optional.of(closed(standing, later(standing.remaining(), age)));
  }

  /** To be asked before each request; when admitted, the answer must be told. */
  public Entry enter(long tokens) {
    Verdict verdict = patience.write(() -> budgets.enter(tokens));
    if (verdict.admitted()) {
      return new Entry(
          new Admission(verdict.delay(), verdict.quiet(), verdict.probing(), verdict.counted()),
          null);
    }
    Hold hold = verdict.hold();
    Closed closed =
        hold == null
            ? new Closed(Kind.UNAVAILABLE, "held", "the provider is not asked now", verdict.delay())
            : new Closed(
                hold.kind(), hold.code(), hold.reason(), verdict.delay(), verdict.probing());
    if (hold != null && hold.code().equals(ProviderBudgets.USED_UP)) {
      // The others see what holds them in the shared row; how long the queue is they do not.
      refuse(tokens, closed);
    }
    return new Entry(null, closed);
  }

  /** An admission is not used: the worker stops. */
  public void leave(Admission admission) {
    if (admission.probe()) {
      patience.write(budgets::giveUpProbe);
    }
  }

  /** The provider answered, even if it disliked a text. */
  public void answered(Admission admission, Allowance allowance) {
    if (admission.quiet() && !corrections.needed(admission.counted(), allowance)) {
      return;
    }
    patience.write(() -> budgets.answered(allowance));
    if (!admission.quiet()) {
      look();
    }
  }

  /**
   * The provider did not serve the request, for a reason that concerns all.
   *
   * @return how long the request's rows have to wait
   */
  public Duration hold(EmbeddingException failure) {
    Duration wait = patience.write(() -> holds.hold(failure));
    look();
    return wait;
  }

  private synchronized void look() {
    see(patience.write(holds::standing).orElse(null));
  }

  private void see(@Nullable Standing standing) {
    seen = standing;
    seenAt = System.nanoTime();
    String code = standing == null ? null : standing.hold().code();
    if (code == null && said != null) {
      log.info("the embedding provider answers again");
    } else if (standing != null && !standing.hold().code().equals(said)) {
      say(standing.hold());
    }
    said = code;
  }

  private static void say(Hold hold) {
    switch (hold.kind()) {
      case REFUSED -> log.error("embedding pauses until this is solved: {}", hold.reason());
      case UNAVAILABLE -> log.warn("embedding waits: {}", hold.reason());
      default -> log.info("embedding waits: {}", hold.reason());
    }
  }

  private static Duration later(Duration remaining, long nanos) {
    Duration left = remaining.minusNanos(nanos);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Closed closed(Standing standing, Duration remaining) {
    Hold hold = standing.hold();
    return new Closed(
        hold.kind(),
        hold.code(),
        hold.reason(),
        standing.probing() ? PROBING : remaining,
        standing.probing());
  }
}
