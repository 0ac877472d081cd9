package dev.threadmill.localstack.chatwoot.http;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Trouble to order. The pattern is a regular expression searched for in {@code METHOD path?query};
 * the first matching fault that is not used up wins.
 *
 * @param skip so many matching requests pass unharmed first
 * @param times so many requests are hit, then the fault is used up
 * @param status of the answer, where the kind has one
 * @param delay how long a slow answer takes
 * @param bytes size of a huge body
 */
public record Fault(
    Kind kind, Pattern pattern, int skip, int times, int status, Duration delay, long bytes) {

  /** What goes wrong. */
  public enum Kind {
    /** The status with an HTML page, as proxies answer; the request is not processed. */
    STATUS,
    /** 429 or 503 in plain text, with a Retry-After of the delay, as operators may configure it. */
    THROTTLED,
    /** The right answer, cut in the middle but with a matching Content-Length. */
    BROKEN_JSON,
    /** The right answer, late. */
    SLOW,
    /** The connection ends without an answer; the request is not processed. */
    CUT,
    /** The request is processed, then the connection ends without an answer. */
    CUT_AFTER_PROCESSING,
    /** Half of the right answer, then silence until the fault is removed. */
    STALLED_BODY,
    /** Half of the right answer, then the connection ends. */
    TRUNCATED_BODY,
    /** 200 with a login page in HTML. */
    WRONG_CONTENT_TYPE,
    /** 200 with a JSON text of the given size, streamed. */
    HUGE_BODY
  }

  private static Fault of(Kind kind) {
    return new Fault(kind, Pattern.compile(""), 0, 1, 500, Duration.ofSeconds(2), 64L << 20);
  }

  public static Fault status(int status) {
    Fault fault = of(Kind.STATUS);
    return new Fault(fault.kind, fault.pattern, 0, 1, status, fault.delay, fault.bytes);
  }

  /** The throttle's answer; Chatwoot's own comes without a Retry-After. */
  public static Fault throttled(Duration retryAfter) {
    Fault fault = of(Kind.THROTTLED);
    return new Fault(fault.kind, fault.pattern, 0, 1, 429, retryAfter, fault.bytes);
  }

  /** A 503 in plain text that says when to come again. */
  public static Fault unavailable(Duration retryAfter) {
    Fault fault = throttled(retryAfter);
    return new Fault(fault.kind, fault.pattern, 0, 1, 503, retryAfter, fault.bytes);
  }

  public static Fault brokenJson() {
    return of(Kind.BROKEN_JSON);
  }

  public static Fault slow(Duration delay) {
    Fault fault = of(Kind.SLOW);
    return new Fault(fault.kind, fault.pattern, 0, 1, 200, delay, fault.bytes);
  }

  public static Fault cut() {
    return of(Kind.CUT);
  }

  public static Fault cutAfterProcessing() {
    return of(Kind.CUT_AFTER_PROCESSING);
  }

  public static Fault stalledBody() {
    return of(Kind.STALLED_BODY);
  }

  public static Fault truncatedBody() {
    return of(Kind.TRUNCATED_BODY);
  }

  public static Fault wrongContentType() {
    return of(Kind.WRONG_CONTENT_TYPE);
  }

  public static Fault hugeBody(long bytes) {
    Fault fault = of(Kind.HUGE_BODY);
    return new Fault(fault.kind, fault.pattern, 0, 1, 200, fault.delay, bytes);
  }

  /** Only requests in whose {@code METHOD path?query} this regular expression is found. */
  public Fault on(String regex) {
    return new Fault(kind, Pattern.compile(regex), skip, times, status, delay, bytes);
  }

  public Fault times(int count) {
    return new Fault(kind, pattern, skip, count, status, delay, bytes);
  }

  public Fault always() {
    return times(Integer.MAX_VALUE);
  }

  public Fault afterSkipping(int count) {
    return new Fault(kind, pattern, count, times, status, delay, bytes);
  }
}
