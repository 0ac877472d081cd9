package dev.threadmill.core.job;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an error class says about trying again. */
public enum ErrorVerdict {
  /** It passes by itself: the run is tried again, and so is the schedule. */
  RETRY,
  /** Somebody has to change something first: asking again and again would only bother. */
  PERSON,
  /** This run is lost; the next one may find another world. */
  GIVE_UP;

  private static final Set<String> PASSES =
      Set.of(
          "rate_limited",
          "rate_limit_exceeded",
          "unreachable",
          "unavailable",
          "timeout",
          "server_error",
          "unexpected",
          "worker_lost",
          "time_limit",
          "shutdown");

  private static final Set<String> NEEDS_SOMEBODY =
      Set.of(
          "unauthorized",
          "no_access",
          "account_not_found",
          "not_chatwoot",
          "no_source",
          "invalid_api_key",
          "forbidden",
          "model_not_found",
          "model_not_configured",
          "insufficient_quota",
          "payment_required",
          "every_text_refused",
          "other_width",
          "too_wide",
          "budget_exhausted");

  /** Who speaks, before what is said. */
  private static final String CHATWOOT = "chatwoot_";

  /**
   * The verdict on the class of an error, a stable word such as {@code unauthorized}, or {@code
   * chatwoot_unauthorized}.
   */
  public static ErrorVerdict of(@Nullable String errorClass) {
    if (errorClass == null) {
      return RETRY;
    }
    String word =
        errorClass.startsWith(CHATWOOT) ? errorClass.substring(CHATWOOT.length()) : errorClass;
    if (PASSES.contains(word)) {
      return RETRY;
    }
    return NEEDS_SOMEBODY.contains(word) ? PERSON : GIVE_UP;
  }
}
