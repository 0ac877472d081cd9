package dev.threadmill.gateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Addresses that sent too many wrong tokens: for a while only few of theirs are looked at. Behind a
 * proxy all callers have one address, and a stranger must not lock the others out; so those that
 * were right lately always are, and the others as long as all such looks together are not too many.
 * Each costs a look into an index, and a token is too long to be guessed that way.
 */
final class WrongTokens {
  private static final int MOST = 10_000;
  private static final int LOOKS_PER_SECOND = 200;
  private static final Duration ADDRESS_KEPT = Duration.ofMinutes(2);
  private static final Duration TOKEN_KEPT = Duration.ofMinutes(15);
  private static final int BYTES_OF_A_NETWORK = 8;

  private final int perMinute;
  private final TimeMeter clock;
  private final Bucket looks;
  private final Cache<String, Bucket> addresses =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(ADDRESS_KEPT).build();
  private final Cache<ByteBuffer, Boolean> rightLately =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(TOKEN_KEPT).build();

  WrongTokens(int perMinute, TimeMeter clock) {
    this.perMinute = perMinute;
    this.clock = clock;
    this.looks = full(LOOKS_PER_SECOND, Duration.ofSeconds(1));
  }

  /** Present: this token is not looked at, and after so long one from this address is again. */
  Optional<Duration> waitFor(String address, byte[] tokenHash) {
    Bucket bucket = perMinute == 0 ? null : addresses.getIfPresent(network(address));
    if (bucket == null || rightLately.getIfPresent(ByteBuffer.wrap(tokenHash)) != null) {
      return Optional.empty();
    }
    var probe = bucket.estimateAbilityToConsume(1);
    return probe.canBeConsumed() || looks.tryConsume(1)
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  void right(byte[] tokenHash) {
    rightLately.put(ByteBuffer.wrap(tokenHash), true);
  }

  /**
   * Counts a wrong token, which may have been right until it was revoked. Present: it is one too
   * many of this address, and after so long there is room for another.
   */
  Optional<Duration> wrong(String address, byte[] tokenHash) {
    rightLately.invalidate(ByteBuffer.wrap(tokenHash));
    if (perMinute == 0) {
      return Optional.empty();
    }
    var probe =
        addresses
            .get(network(address), unused -> full(perMinute, Duration.ofMinutes(1)))
            .tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  /** Whoever has one address of IPv6 has the 2^64 beside it, too. */
  private static String network(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      // With a colon it is no name, so nobody is asked for it.
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return bytes.length > BYTES_OF_A_NETWORK
          ? HexFormat.of().formatHex(bytes, 0, BYTES_OF_A_NETWORK)
          : address;
    } catch (UnknownHostException noAddress) {
      return address;
    }
  }

  private Bucket full(int tokens, Duration period) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(tokens).refillGreedy(tokens, period))
        .withCustomTimePrecision(clock)
        .build();
  }
}
