package dev.threadmill.gateway.problem;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * What can go wrong, as programs read it. A name is never changed and never used for anything else;
 * docs/problems.md says what each means.
 */
public enum ProblemCode {
  BAD_REQUEST(HttpStatus.BAD_REQUEST),
  INVALID_REQUEST(HttpStatus.BAD_REQUEST),
  INVALID_BODY(HttpStatus.BAD_REQUEST),
  UNAUTHORIZED(HttpStatus.UNAUTHORIZED),
  INVALID_SIGNATURE(HttpStatus.UNAUTHORIZED),
  FORBIDDEN(HttpStatus.FORBIDDEN),
  PROJECT_TOKEN_REQUIRED(HttpStatus.FORBIDDEN),
  NOT_FOUND(HttpStatus.NOT_FOUND),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE),
  PROJECT_REQUIRED(HttpStatus.CONFLICT),
  AMBIGUOUS_ID(HttpStatus.CONFLICT),
  PROJECT_NAME_TAKEN(HttpStatus.CONFLICT),
  PROJECT_ARCHIVED(HttpStatus.CONFLICT),
  PROJECT_NOT_ARCHIVED(HttpStatus.CONFLICT),
  DELETION_UNDER_WAY(HttpStatus.CONFLICT),
  SOURCE_EXISTS(HttpStatus.CONFLICT),
  ACCOUNT_NUMBER_TAKEN(HttpStatus.CONFLICT),
  SECRET_KEY_MISSING(HttpStatus.CONFLICT),
  WRONG_STATE(HttpStatus.CONFLICT),
  CHANGED_MEANWHILE(HttpStatus.CONFLICT),
  IDEMPOTENCY_KEY_IN_USE(HttpStatus.CONFLICT),
  CONTENT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
  CHATWOOT_UNAUTHORIZED(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_NO_ACCESS(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_ACCOUNT_NOT_FOUND(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_UNREACHABLE(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_TIMEOUT(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_RATE_LIMITED(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_SERVER_ERROR(HttpStatus.UNPROCESSABLE_CONTENT),
  CHATWOOT_NOT_CHATWOOT(HttpStatus.UNPROCESSABLE_CONTENT),
  IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
  TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS),
  TOO_MANY_WRONG_TOKENS(HttpStatus.TOO_MANY_REQUESTS),
  INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR),
  SERVICE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
  CONFLICT(HttpStatus.SERVICE_UNAVAILABLE),
  DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
  KAFKA_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
  TOO_MANY_STREAMS(HttpStatus.SERVICE_UNAVAILABLE);

  private final HttpStatus status;

  ProblemCode(HttpStatus status) {
    this.status = status;
  }

  public HttpStatus status() {
    return status;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For what the framework refuses by itself: it knows a status only. */
  static ProblemCode of(HttpStatus status) {
    return switch (status) {
      case UNAUTHORIZED -> UNAUTHORIZED;
      case FORBIDDEN -> FORBIDDEN;
      case NOT_FOUND -> NOT_FOUND;
      case METHOD_NOT_ALLOWED -> METHOD_NOT_ALLOWED;
      case NOT_ACCEPTABLE -> NOT_ACCEPTABLE;
      case CONTENT_TOO_LARGE -> CONTENT_TOO_LARGE;
      case UNSUPPORTED_MEDIA_TYPE -> UNSUPPORTED_MEDIA_TYPE;
      case SERVICE_UNAVAILABLE -> SERVICE_UNAVAILABLE;
      default -> status.is5xxServerError() ? INTERNAL_ERROR : BAD_REQUEST;
    };
  }
}
