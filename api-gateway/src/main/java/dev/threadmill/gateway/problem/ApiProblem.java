package dev.threadmill.gateway.problem;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * An error that the caller is told. The detail says what to do, and holds no secret and no text of
 * a customer.
 */
public final class ApiProblem extends RuntimeException {
  private final ProblemCode code;
  private final @Nullable Duration retryAfter;

  public ApiProblem(ProblemCode code, String detail) {
    this(code, detail, null);
  }

  /**
   * @param retryAfter when it may be tried again; null: that is not known
   */
  public ApiProblem(ProblemCode code, String detail, @Nullable Duration retryAfter) {
    super(Objects.requireNonNull(detail));
    this.code = code;
    this.retryAfter = retryAfter;
  }

  public static ApiProblem invalid(String detail) {
    return new ApiProblem(ProblemCode.INVALID_REQUEST, detail);
  }

  public static ApiProblem notFound(String what) {
    return new ApiProblem(ProblemCode.NOT_FOUND, "There is no such " + what + " in this project.");
  }

  public ProblemCode code() {
    return code;
  }

  public HttpStatus status() {
    return code.status();
  }

  /** The value of the header {@code Retry-After}. */
  public Optional<String> retryAfter() {
    return Optional.ofNullable(retryAfter).map(wait -> Long.toString(wait.toSeconds()));
  }

  public String detail() {
    return Objects.requireNonNull(getMessage());
  }
}
