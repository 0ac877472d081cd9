package dev.threadmill.core.embedding;

import com.fasterxml.jackson.core.JacksonException;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a failed request means, by status and code; the words of an answer decide only where nothing
 * else tells.
 */
final class OpenAiErrors {
  private static final int MAX_MESSAGE = 300;
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  private OpenAiErrors() {}

  static EmbeddingException classify(OpenAIException failed) {
    return switch (failed) {
      case OpenAIServiceException answered -> byStatus(answered);
      case OpenAIInvalidDataException cut when connectionBroke(cut) ->
          new EmbeddingException(
              Kind.UNAVAILABLE,
              "unreachable",
              "the provider can't be reached: its answer breaks off",
              null,
              cut);
      case OpenAIInvalidDataException broken ->
          new EmbeddingException(
              Kind.BAD_ANSWER, "unreadable", "the provider's answer can't be read", null, broken);
      default ->
          new EmbeddingException(
              Kind.UNAVAILABLE, "unreachable", "the provider can't be reached", null, failed);
    };
  }

  /**
   * Whether the answer stalled or was cut on its way, which says nothing about what is in it. The
   * parser's own complaints are of the same type as the connection's.
   */
  private static boolean connectionBroke(OpenAIException failed) {
    for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException && !(cause instanceof JacksonException)) {
        return true;
      }
    }
    return false;
  }

  private static EmbeddingException byStatus(OpenAIServiceException answered) {
    int status = answered.statusCode();
    String code = ErrorBody.of(answered.body()).code().orElse("");
    return switch (status) {
      case 400, 422 ->
          isTooManyTokens(code)
              ? error(
                  Kind.TOO_LARGE,
                  "max_tokens_per_request",
                  "the request is too large for the provider",
                  answered)
              : error(
                  Kind.BAD_INPUT,
                  "bad_input",
                  "the provider refuses a text (%d)%s".formatted(status, reason(answered)),
                  answered);
      case 413 ->
          error(
              Kind.TOO_LARGE,
              "payload_too_large",
              "the request is too large for the provider",
              answered);
      case 401 ->
          error(
              Refusal.INVALID_API_KEY,
              "the provider refuses the key (401); set OPENAI_API_KEY to a valid one",
              answered);
      case 402 ->
          error(
              Refusal.PAYMENT_REQUIRED,
              "the provider wants to be paid first (402); add credit there",
              answered);
      case 403 ->
          error(
              Refusal.FORBIDDEN,
              "the provider refuses this key the model or the region (403); check the key's project",
              answered);
      case 404 ->
          error(
              Refusal.MODEL_NOT_FOUND,
              "the provider does not know the model or the address (404); check EMBEDDING_MODEL and OPENAI_BASE_URL",
              answered);
      case 429 -> tooMany(answered, code);
      default ->
          error(
              Kind.UNAVAILABLE,
              "status_" + status,
              "the provider answered status " + status,
              answered);
    };
  }

  private static EmbeddingException tooMany(OpenAIServiceException answered, String code) {
    if (code.equals("insufficient_quota")) {
      return error(
          Refusal.INSUFFICIENT_QUOTA,
          "the provider's quota is used up; add credit or raise the limit there",
          answered);
    }
    if (sentence(answered).toLowerCase(Locale.ROOT).contains("request too large")) {
      return error(
          Kind.TOO_LARGE,
          "request_too_large",
          "the request is above the provider's limit a minute",
          answered);
    }
    return error(
        Kind.RATE_LIMITED, "rate_limit_exceeded", "the provider's rate limit is reached", answered);
  }

  private static boolean isTooManyTokens(String code) {
    return code.equals("max_tokens_per_request");
  }

  private static EmbeddingException error(
      Refusal refusal, String message, OpenAIServiceException answered) {
    return new EmbeddingException(refusal, message, retryAfter(answered));
  }

  private static EmbeddingException error(
      Kind kind, String code, String message, OpenAIServiceException answered) {
    // The SDK's exception quotes the body, so it does not go along as the cause.
    return new EmbeddingException(kind, code, message, retryAfter(answered), null);
  }

  /**
   * Only an error object that also has a code or a type is a provider's own; a server that answers
   * otherwise may repeat the text that it was sent.
   */
  private static String reason(OpenAIServiceException answered) {
    return ErrorBody.of(answered.body()).code().isPresent() ? ": " + sentence(answered) : "";
  }

  /** The provider's own words, cut short. */
  private static String sentence(OpenAIServiceException answered) {
    String words =
        ErrorBody.of(answered.body()).message().orElse("status " + answered.statusCode());
    String message = words.replaceAll("[\\p{Cntrl}\\s]+", " ");
    return message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "…" : message;
  }

  private static @Nullable Duration retryAfter(OpenAIServiceException answered) {
    Duration millis = number(answered.headers().values("retry-after-ms"), 1);
    Duration wait =
        millis != null ? millis : inSecondsOrAt(answered.headers().values("retry-after"));
    return wait == null || wait.compareTo(MAX_RETRY_AFTER) <= 0 ? wait : MAX_RETRY_AFTER;
  }

  private static @Nullable Duration number(List<String> values, int factor) {
    try {
      return values.isEmpty()
          ? null
          : Duration.ofMillis((long) Math.max(0, Double.parseDouble(values.getFirst()) * factor));
    } catch (NumberFormatException unusable) {
      return null;
    }
  }

  /** Seconds, or a date as HTTP writes it. */
  static @Nullable Duration inSecondsOrAt(List<String> values) {
    Duration seconds = number(values, 1000);
    if (seconds != null || values.isEmpty()) {
      return seconds;
    }
    try {
      Instant until =
          ZonedDateTime.parse(values.getFirst().strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant();
      Duration left = Duration.between(Instant.now(), until);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeParseException unusable) {
      return null;
    }
  }
}
