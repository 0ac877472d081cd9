package dev.threadmill.localstack.openai;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Requests and tokens per minute, per key and model; buckets that fill again continuously. */
public final class RateLimits {
  private final Clock clock;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
  private volatile long requestsPerMinute;
  private volatile long tokensPerMinute;

  RateLimits(Clock clock) {
    this.clock = clock;
  }

  /** 0 turns a limit off, as both are at the start. Changing them fills all buckets. */
  public void perMinute(long requests, long tokens) {
    requestsPerMinute = requests;
    tokensPerMinute = tokens;
    buckets.clear();
  }

  /** Takes what the request costs, or throws the 429; a refused request counts as a request too. */
  void take(String key, String model, long tokens) {
    if (tokensPerMinute > 0 && tokens > tokensPerMinute) {
      throw ApiError.tooLargeForMinute(model, tokensPerMinute, tokens);
    }
    bucket(key, model, "requests", requestsPerMinute).take(model, "requests", "RPM", 1);
    bucket(key, model, "tokens", tokensPerMinute).take(model, "tokens", "TPM", tokens);
  }

  Map<String, String> headers(String key, String model) {
    Map<String, String> headers = new LinkedHashMap<>();
    bucket(key, model, "requests", requestsPerMinute).describe("requests", headers);
    bucket(key, model, "tokens", tokensPerMinute).describe("tokens", headers);
    return headers;
  }

  private Bucket bucket(String key, String model, String what, long limit) {
    return buckets.computeIfAbsent(what + " " + key + " " + model, name -> new Bucket(limit));
  }

  private final class Bucket {
    private final long limit;
    private double left;
    private long filledAt;

    Bucket(long limit) {
      this.limit = limit;
      this.left = limit;
      this.filledAt = clock.millis();
    }

    private void fill() {
      long now = clock.millis();
      left = Math.min((double) limit, left + (now - filledAt) * limit / 60_000.0);
      filledAt = now;
    }

    synchronized void take(String model, String what, String unit, long amount) {
      if (limit == 0) {
        return;
      }
      fill();
      if (left >= (double) amount) {
        left -= amount;
        return;
      }
      long wait = (long) Math.ceil((amount - left) * 60_000 / limit);
      throw new ApiError(
          429,
          what,
          "rate_limit_exceeded",
          String.format(
              Locale.ROOT,
              "Rate limit reached for %s in organization org-simulator on %s per min (%s): Limit"
                  + " %d, Used %d, Requested %d. Please try again in %s.",
              model,
              what,
              unit,
              limit,
              limit - (long) left,
              amount,
              goDuration(wait)),
          wait);
    }

    synchronized void describe(String what, Map<String, String> headers) {
      if (limit == 0) {
        return;
      }
      fill();
      headers.put("x-ratelimit-limit-" + what, Long.toString(limit));
      headers.put("x-ratelimit-remaining-" + what, Long.toString((long) left));
      headers.put(
          "x-ratelimit-reset-" + what, goDuration((long) ((limit - left) * 60_000 / limit)));
    }
  }

  /** As Go prints durations: {@code 17ms}, {@code 2.812s}, {@code 6m0s}. */
  static String goDuration(long millis) {
    if (millis < 1000) {
      return millis + "ms";
    }
    String seconds =
        millis % 1000 == 0
            ? Long.toString(millis % 60_000 / 1000)
            : String.format(Locale.ROOT, "%.3f", millis % 60_000 / 1000.0).replaceAll("0+$", "");
    return millis < 60_000 ? seconds + "s" : millis / 60_000 + "m" + seconds + "s";
  }
}
