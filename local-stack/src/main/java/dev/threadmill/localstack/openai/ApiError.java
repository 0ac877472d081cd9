package dev.threadmill.localstack.openai;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error body with its status, thrown by what cannot go on. */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String type;
  private final @Nullable String code;
  private final @Nullable Long retryAfterMillis;

  ApiError(int status, String type, @Nullable String code, String message) {
    this(status, type, code, message, null);
  }

  ApiError(
      int status,
      String type,
      @Nullable String code,
      String message,
      @Nullable Long retryAfterMillis) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.retryAfterMillis = retryAfterMillis;
  }

  static ApiError badRequest(String message) {
    return new ApiError(400, "invalid_request_error", null, message);
  }

  /** What one empty or hateful element does to its whole request. */
  static ApiError badInput() {
    return badRequest(
        "'$.input' is invalid. Please check the API reference:"
            + " https://platform.openai.com/docs/api-reference.");
  }

  static ApiError quota() {
    return new ApiError(
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.");
  }

  static ApiError invalidKey() {
    return new ApiError(
        401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
  }

  static ApiError noAccess(String model) {
    return new ApiError(
        403,
        "invalid_request_error",
        "model_not_found",
        "Project `proj_simulator` does not have access to model `" + model + "`");
  }

  static ApiError noModel(String model) {
    return new ApiError(
        404,
        "invalid_request_error",
        "model_not_found",
        "The model `" + model + "` does not exist or you do not have access to it.");
  }

  static ApiError tooLargeForMinute(String model, long limit, long requested) {
    return new ApiError(
        429,
        "tokens",
        "rate_limit_exceeded",
        "Request too large for "
            + model
            + " in organization org-simulator on tokens per min (TPM): Limit "
            + limit
            + ", Requested "
            + requested
            + ".");
  }

  int status() {
    return status;
  }

  @Nullable Long retryAfterMillis() {
    return retryAfterMillis;
  }

  /** Under {@code error}, or at the top as vLLM does. */
  Map<String, @Nullable Object> body(boolean flat) {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    if (flat) {
      error.put("object", "error");
    }
    error.put("message", getMessage());
    error.put("type", type);
    error.put("param", null);
    error.put("code", flat ? Integer.valueOf(status) : code);
    if (flat) {
      return error;
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("error", error);
    return body;
  }
}
