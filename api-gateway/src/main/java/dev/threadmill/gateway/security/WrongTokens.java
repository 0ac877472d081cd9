package dev.threadmill.gateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Addresses that sent too many wrong tokens: for a while no token of theirs is looked at. Except
 * those that were right lately, for behind a proxy all callers have one address, and a stranger
 * must not lock the others out.
 */
final class WrongTokens {
  private static final int MOST = 10_000;
  private static final Duration ADDRESS_KEPT = Duration.ofMinutes(2);
  private static final Duration TOKEN_KEPT = Duration.ofMinutes(15);

  private final int perMinute;
  private final TimeMeter clock;
  private final Cache<String, Bucket> addresses =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(ADDRESS_KEPT).build();
  private final Cache<ByteBuffer, Boolean> rightLately =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(TOKEN_KEPT).build();

  WrongTokens(int perMinute, TimeMeter clock) {
    this.perMinute = perMinute;
    this.clock = clock;
  }

  /** Present: this token is not looked at, and after so long one from this address is again. */
  Optional<Duration> waitFor(String address, byte[] tokenHash) {
    Bucket bucket = perMinute == 0 ? null : addresses.getIfPresent(address);
    if (bucket == null || rightLately.getIfPresent(ByteBuffer.wrap(tokenHash)) != null) {
      return Optional.empty();
    }
    var probe = bucket.estimateAbilityToConsume(1);
    return probe.canBeConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  void right(byte[] tokenHash) {
    rightLately.put(ByteBuffer.wrap(tokenHash), true);
  }

  void wrong(String address) {
    if (perMinute > 0) {
      addresses.get(address, unused -> full()).tryConsume(1);
    }
  }

  private Bucket full() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
