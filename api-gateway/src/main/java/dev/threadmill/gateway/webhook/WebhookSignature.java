package dev.threadmill.gateway.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Chatwoot's signature of a webhook: {@code sha256=} and the hex HMAC-SHA256 over the timestamp, a
 * dot and the raw body.
 *
 * @param timestamp the header with epoch seconds; null when it is absent
 * @param signature the header with the signature; null when it is absent
 */
record WebhookSignature(@Nullable String timestamp, @Nullable String signature) {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "sha256=";

  boolean isAbsent() {
    return signature == null;
  }

  /** Whether it was made with this secret, for this body, and lately. */
  boolean holds(String secret, byte[] body, Instant now, Duration window) {
    if (timestamp == null || signature == null || !isWithin(timestamp, now, window)) {
      return false;
    }
    byte[] expected = (PREFIX + hmac(secret, timestamp, body)).getBytes(StandardCharsets.US_ASCII);
    byte[] given = signature.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    // In the same time whatever differs, or the answer's time would tell how much was right.
    return MessageDigest.isEqual(expected, given);
  }

  private static boolean isWithin(String timestamp, Instant now, Duration window) {
    if (!timestamp.matches("\\d{1,12}")) {
      return false;
    }
    long apart = Math.abs(now.getEpochSecond() - Long.parseLong(timestamp));
    return apart <= window.toSeconds();
  }

  private static String hmac(String secret, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has HMAC-SHA256", impossible);
    }
  }
}
