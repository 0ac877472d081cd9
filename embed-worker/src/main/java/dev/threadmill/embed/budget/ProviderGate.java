package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the provider may be asked now. A rate limit, a refusal or an outage is the provider's or
 * the account's, never one row's, so it holds all requests of this process. After a refusal or an
 * outage one request tries first; the others follow when it was answered.
 */
public final class ProviderGate {
  private static final Logger log = LoggerFactory.getLogger(ProviderGate.class);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);
  private static final Duration FIRST_RATE_LIMIT_WAIT = Duration.ofSeconds(1);
  private static final Duration FIRST_OUTAGE_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_OUTAGE_WAIT = Duration.ofMinutes(1);
  private static final Duration FIRST_REFUSAL_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_REFUSAL_WAIT = Duration.ofMinutes(5);

  /** A probe that never reports back must not close the gate for ever. */
  private static final Duration PROBE_PATIENCE = Duration.ofMinutes(11);

  private final Clock clock;
  private @Nullable EmbeddingException cause;
  private int inARow;
  private Instant closedUntil = Instant.MIN;
  private Instant probeUntil = Instant.MIN;

  public ProviderGate(Clock clock) {
    this.clock = clock;
  }

  /**
   * Why nothing may be sent.
   *
   * @param kind {@code RATE_LIMITED}, {@code REFUSED} or {@code UNAVAILABLE}
   * @param code a stable word
   * @param why a sentence for users
   * @param remaining when to ask again, never negative
   */
  public record Closed(Kind kind, String code, String why, Duration remaining) {}

  /** Looks without taking part: for deciding whether to claim rows at all. */
  public synchronized Optional<Closed> closed() {
    EmbeddingException reason = cause;
    Instant now = clock.instant();
    return reason != null && now.isBefore(closedUntil)
        ? Optional.of(closed(reason, Duration.between(now, closedUntil)))
        : Optional.empty();
  }

  /** Why the provider could not be asked lately; empty as soon as it answers again. */
  public synchronized Optional<Closed> trouble() {
    EmbeddingException reason = cause;
    Duration remaining = Duration.between(clock.instant(), closedUntil);
    return reason == null
        ? Optional.empty()
        : Optional.of(closed(reason, remaining.isNegative() ? Duration.ZERO : remaining));
  }

  /** To be asked before each request; when empty, the answer must be told by one of the others. */
  public synchronized Optional<Closed> enter() {
    Optional<Closed> closed = closed();
    if (closed.isPresent() || cause == null || cause.kind() == Kind.RATE_LIMITED) {
      return closed;
    }
    Instant now = clock.instant();
    if (now.isBefore(probeUntil)) {
      return Optional.of(closed(cause, FIRST_OUTAGE_WAIT));
    }
    probeUntil = now.plus(PROBE_PATIENCE);
    return Optional.empty();
  }

  /** The provider answered, even if it disliked a text. */
  public synchronized void answered() {
    // An answer that was under way does not lift the rate limit of those behind it.
    if (cause == null || (cause.kind() == Kind.RATE_LIMITED && closed().isPresent())) {
      return;
    }
    if (cause.kind() != Kind.RATE_LIMITED) {
      log.info("the embedding provider answers again");
    }
    cause = null;
    inARow = 0;
    probeUntil = Instant.MIN;
  }

  /**
   * The provider did not serve the request, for a reason that concerns all.
   *
   * @return how long the request's rows have to wait
   */
  public synchronized Duration hold(EmbeddingException failure) {
    Instant now = clock.instant();
    boolean sameAsBefore = cause != null && cause.kind() == failure.kind();
    boolean said = sameAsBefore && cause != null && cause.code().equals(failure.code());
    // Requests that were in flight together count as one.
    if (!sameAsBefore || !now.isBefore(closedUntil)) {
      inARow = sameAsBefore ? inARow + 1 : 1;
    }
    cause = failure;
    probeUntil = Instant.MIN;
    Duration wait = wait(failure);
    Instant until = now.plus(wait);
    closedUntil = sameAsBefore && closedUntil.isAfter(until) ? closedUntil : until;
    say(failure, said);
    return Duration.between(now, closedUntil);
  }

  private Duration wait(EmbeddingException failure) {
    return switch (failure.kind()) {
      case RATE_LIMITED ->
          longer(
              failure.retryAfter().orElse(growing(FIRST_RATE_LIMIT_WAIT, LONGEST_OUTAGE_WAIT)),
              SHORTEST_WAIT);
      case REFUSED -> growing(FIRST_REFUSAL_WAIT, LONGEST_REFUSAL_WAIT);
      default ->
          longer(
              failure.retryAfter().orElse(Duration.ZERO),
              jittered(growing(FIRST_OUTAGE_WAIT, LONGEST_OUTAGE_WAIT)));
    };
  }

  private Duration growing(Duration first, Duration longest) {
    Duration wait = first.multipliedBy(1L << Math.min(16, inARow - 1));
    return wait.compareTo(longest) < 0 ? wait : longest;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Duration jittered(Duration wait) {
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextLong(wait.toMillis() / 2, wait.toMillis() + 1));
  }

  private static void say(EmbeddingException failure, boolean said) {
    if (said) {
      return;
    }
    switch (failure.kind()) {
      case REFUSED -> log.error("embedding pauses until this is solved: {}", failure.getMessage());
      case UNAVAILABLE -> log.warn("embedding waits: {}", failure.getMessage());
      default -> log.info("embedding waits: {}", failure.getMessage());
    }
  }

  private static Closed closed(EmbeddingException reason, Duration remaining) {
    return new Closed(reason.kind(), reason.code(), String.valueOf(reason.getMessage()), remaining);
  }
}
