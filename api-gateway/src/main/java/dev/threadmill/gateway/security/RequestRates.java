package dev.threadmill.gateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/** How many requests a token may send: a rate in the long run, and two seconds' worth at once. */
final class RequestRates {
  /** Whoever is forgotten starts anew, with a full measure; that takes longer than filling one. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private static final int MOST_TOKENS = 10_000;
  private static final int SECONDS_AT_ONCE = 2;

  private final int perSecond;
  private final TimeMeter clock;
  private final Cache<Caller, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(MOST_TOKENS).expireAfterAccess(KEPT).build();

  RequestRates(int perSecond, TimeMeter clock) {
    this.perSecond = perSecond;
    this.clock = clock;
  }

  /** Counts a request; present: it is one too many, and after so long there is room again. */
  Optional<Duration> waitFor(Caller caller) {
    if (perSecond == 0) {
      return Optional.empty();
    }
    var probe = buckets.get(caller, unused -> full()).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  private Bucket full() {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity((long) perSecond * SECONDS_AT_ONCE)
                    .refillGreedy(perSecond, Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
