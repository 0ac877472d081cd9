package dev.threadmill.core.embedding;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to the provider failed. The message is fit for users: no key, no text of a customer.
 */
public final class EmbeddingException extends Exception {
  /** What the failure means for the caller. */
  public enum Kind {
    /** The account's rate limit: wait, all together. No fault of the texts. */
    RATE_LIMITED(true),
    /** The request is too large for the provider's limits: split it. */
    TOO_LARGE(false),
    /** One of the texts is refused, and the provider does not say which. */
    BAD_INPUT(false),
    /**
     * Key, permission, model or money: nothing will work until somebody solves it; a {@link
     * Refusal}.
     */
    REFUSED(false),
    /** Not reachable, timed out, or an error of the server. */
    UNAVAILABLE(true),
    /** An answer that does not fit the request: never stored. */
    BAD_ANSWER(true);

    private final boolean retryable;

    Kind(boolean retryable) {
      this.retryable = retryable;
    }

    /** Whether the same request may pass later. */
    public boolean retryable() {
      return retryable;
    }
  }

  private final Kind kind;
  private final String code;
  private final @Nullable Duration retryAfter;

  /**
   * @param code a stable word for the reason, for example {@code insufficient_quota}
   * @param retryAfter what the provider asked for, if it did
   */
  public EmbeddingException(
      Kind kind,
      String code,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  public EmbeddingException(Kind kind, String code, String message) {
    this(kind, code, message, null, null);
  }

  /** Nothing will work until somebody does what the message says. */
  public EmbeddingException(Refusal refusal, String message) {
    this(refusal, message, null);
  }

  EmbeddingException(Refusal refusal, String message, @Nullable Duration retryAfter) {
    this(Kind.REFUSED, refusal.code(), message, retryAfter, null);
  }

  public Kind kind() {
    return kind;
  }

  public String code() {
    return code;
  }

  /**
   * Whether fewer texts may pass where so many did not. A limit a minute or of tokens says nothing
   * of how many texts the server takes.
   */
  public boolean refusedForItsSize() {
    return kind == Kind.BAD_INPUT || code.equals("payload_too_large");
  }

  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
