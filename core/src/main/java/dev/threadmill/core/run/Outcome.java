package dev.threadmill.core.run;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended, said by the one who knows: the handler. Exceptions are for what was not
 * foreseen. Sentences must hold no secret and no message text, for users read them.
 */
public sealed interface Outcome {
  /**
   * The work is done.
   *
   * @param partial some of it was set aside, and the result says what
   * @param result counters and details, as the API shows them
   */
  record Done(boolean partial, long processed, Map<String, ?> result) implements Outcome {
    public Done {
      Objects.requireNonNull(result);
    }
  }

  /** Trying later may help: after this long, up to the limit of attempts. */
  record RetryLater(Duration after, String errorClass, String why, Map<String, ?> result)
      implements Outcome {
    public RetryLater {
      Objects.requireNonNull(result);
      if (after.isNegative()) {
        throw new IllegalArgumentException("a retry must not lie in the past: " + after);
      }
    }
  }

  /**
   * The run is over. Another one may not help until somebody changed something: the sentence says
   * what.
   *
   * @param after how long whoever refused it wants to be left alone by later runs; null when nobody
   *     said
   */
  record GiveUp(String errorClass, String why, Map<String, ?> result, @Nullable Duration after)
      implements Outcome {
    public GiveUp {
      Objects.requireNonNull(result);
    }

    public GiveUp(String errorClass, String why, Map<String, ?> result) {
      this(errorClass, why, result, null);
    }
  }

  static Outcome done(long processed, Map<String, ?> result) {
    return new Done(false, processed, result);
  }

  static Outcome partial(long processed, Map<String, ?> result) {
    return new Done(true, processed, result);
  }

  static Outcome retryLater(Duration after, String errorClass, String why) {
    return new RetryLater(after, errorClass, why, Map.of());
  }

  static Outcome giveUp(String errorClass, String why) {
    return new GiveUp(errorClass, why, Map.of());
  }
}
