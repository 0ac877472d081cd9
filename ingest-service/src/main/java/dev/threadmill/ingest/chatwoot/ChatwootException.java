package dev.threadmill.ingest.chatwoot;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A read of Chatwoot failed. The message is a sentence for users: it says what is wrong and what to
 * do, and holds neither the token nor anything that the server sent.
 */
public final class ChatwootException extends Exception {
  /** What kind of failure it is, and with that what may be done about it. */
  public enum Kind {
    /** The token is refused. */
    UNAUTHORIZED,
    /** The token is good, but not for this account. */
    NO_ACCESS,
    ACCOUNT_NOT_FOUND,
    /** What was asked for is not there. */
    NOT_FOUND,
    /** No connection. */
    UNREACHABLE,
    /** The connection broke after the request was sent. */
    BROKEN_OFF,
    /** No answer in time. */
    TIMEOUT,
    RATE_LIMITED,
    /** Status 500 or above. */
    SERVER_ERROR,
    /** Something answers that is no Chatwoot, such as a login page. */
    NOT_CHATWOOT,
    /** JSON that breaks off or lacks what it must have. */
    MALFORMED,
    /** More bytes than this client takes. */
    BODY_TOO_LARGE,
    /** Any other status. */
    REFUSED,
    /** An error of this service, which nobody foresaw. */
    UNEXPECTED;

    /** The stable word for it in run results. */
    public String wireName() {
      return "chatwoot_" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether another request may be answered, or another step done, although this one is not. */
    public boolean ofOneRequest() {
      return switch (this) {
        case SERVER_ERROR, TIMEOUT, MALFORMED, BODY_TOO_LARGE, BROKEN_OFF, UNEXPECTED -> true;
        default -> false;
      };
    }

    /** Whether the same request may succeed in a moment. */
    boolean passing() {
      return switch (this) {
        case UNREACHABLE, BROKEN_OFF, TIMEOUT, RATE_LIMITED, SERVER_ERROR, MALFORMED -> true;
        default -> false;
      };
    }
  }

  private final Kind kind;
  private final @Nullable Duration retryAfter;

  public ChatwootException(Kind kind, String sentence) {
    this(kind, sentence, null);
  }

  ChatwootException(Kind kind, String sentence, @Nullable Duration retryAfter) {
    super(sentence);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  public String sentence() {
    return Objects.requireNonNull(getMessage());
  }

  /**
   * How long to wait before the next try, where the server said so or it follows from its rules.
   */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
