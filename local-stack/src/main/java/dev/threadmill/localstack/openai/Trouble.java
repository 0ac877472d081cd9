package dev.threadmill.localstack.openai;

import java.time.Duration;

/**
 * Trouble to order; the first that is not used up takes the request.
 *
 * @param skip so many requests pass unharmed first
 * @param times so many requests are hit, then it is used up
 * @param status for {@link Kind#STATUS}
 * @param delay how long a slow answer takes, or what {@code retry-after} says
 * @param containing only requests with an input that contains this; empty for any
 */
public record Trouble(
    Kind kind, int skip, int times, int status, Duration delay, String containing) {

  /** What goes wrong. */
  public enum Kind {
    /** 429 with {@code retry-after} and {@code retry-after-ms}; nothing is embedded. */
    RATE_LIMITED,
    /** 429 without any header that tells when. */
    RATE_LIMITED_WITHOUT_HEADERS,
    INSUFFICIENT_QUOTA,
    /** 429 that no waiting cures. */
    TOO_LARGE_FOR_MINUTE,
    INVALID_KEY,
    NO_ACCESS,
    NO_MODEL,
    /** The status with {@code server_error} in JSON, or an HTML page from 502 on. */
    STATUS,
    /** The connection ends without an answer; nothing is embedded. */
    CUT,
    /** Everything is embedded and counted, then the connection ends without an answer. */
    CUT_AFTER_PROCESSING,
    SLOW,
    /** No answer until the trouble is removed. */
    HANG,
    /** Half of the right answer, then the connection ends. */
    TRUNCATED_BODY,
    /** Half of the right answer, then nothing more until the trouble is removed. */
    STALLED_BODY,
    /** Half of the right answer as a whole body. */
    BROKEN_JSON,
    MISSING_VECTOR,
    EXTRA_VECTOR,
    /** The vectors of two inputs in each other's place, with the right index. */
    REORDERED,
    /** Two elements carry the same index. */
    DUPLICATE_INDEX,
    WRONG_WIDTH,
    NAN,
    ALL_ZERO,
    NO_INDEX,
    NO_USAGE,
    FLOATS_FOR_BASE64
  }

  public static Trouble of(Kind kind) {
    return new Trouble(kind, 0, 1, 500, Duration.ofSeconds(1), "");
  }

  public static Trouble rateLimited(Duration retryAfter) {
    return new Trouble(Kind.RATE_LIMITED, 0, 1, 429, retryAfter, "");
  }

  public static Trouble status(int status) {
    return new Trouble(Kind.STATUS, 0, 1, status, Duration.ZERO, "");
  }

  public static Trouble slow(Duration delay) {
    return new Trouble(Kind.SLOW, 0, 1, 200, delay, "");
  }

  public Trouble times(int count) {
    return new Trouble(kind, skip, count, status, delay, containing);
  }

  public Trouble always() {
    return times(Integer.MAX_VALUE);
  }

  public Trouble afterSkipping(int count) {
    return new Trouble(kind, count, times, status, delay, containing);
  }

  public Trouble onInputsContaining(String text) {
    return new Trouble(kind, skip, times, status, delay, text);
  }
}
