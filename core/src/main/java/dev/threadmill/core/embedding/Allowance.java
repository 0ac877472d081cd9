package dev.threadmill.core.embedding;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The provider's limits as its answer tells them; each number is null where it does not.
 *
 * @param requestsPerMinute how many requests the account may send
 * @param requestsLeft how many of them are left
 * @param tokensPerMinute how many tokens the account may send
 * @param tokensLeft how many of them are left
 */
public record Allowance(
    @Nullable Long requestsPerMinute,
    @Nullable Long requestsLeft,
    @Nullable Long tokensPerMinute,
    @Nullable Long tokensLeft) {
  public static final Allowance UNKNOWN = new Allowance(null, null, null, null);

  /** Both numbers of a limit count, or neither: what is left says nothing without the limit. */
  public Allowance {
    if (requestsPerMinute == null || requestsLeft == null || requestsPerMinute <= 0) {
      requestsPerMinute = null;
      requestsLeft = null;
    }
    if (tokensPerMinute == null || tokensLeft == null || tokensPerMinute <= 0) {
      tokensPerMinute = null;
      tokensLeft = null;
    }
  }

  public boolean known() {
    return requestsPerMinute != null || tokensPerMinute != null;
  }

  static Allowance of(Function<String, List<String>> headers) {
    return new Allowance(
        number(headers, "x-ratelimit-limit-requests"),
        number(headers, "x-ratelimit-remaining-requests"),
        number(headers, "x-ratelimit-limit-tokens"),
        number(headers, "x-ratelimit-remaining-tokens"));
  }

  private static @Nullable Long number(Function<String, List<String>> headers, String name) {
    List<String> values = headers.apply(name);
    try {
      return values.isEmpty() ? null : Long.valueOf(values.getFirst().strip());
    } catch (NumberFormatException unusable) {
      return null;
    }
  }
}
