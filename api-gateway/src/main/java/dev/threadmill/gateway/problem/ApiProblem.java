package dev.threadmill.gateway.problem;

import java.util.Objects;
import org.springframework.http.HttpStatus;

/**
 * An error that the caller is told. The detail says what to do, and holds no secret and no text of
 * a customer.
 */
public final class ApiProblem extends RuntimeException {
  private final ProblemCode code;

  public ApiProblem(ProblemCode code, String detail) {
    super(Objects.requireNonNull(detail));
    this.code = code;
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

  public String detail() {
    return Objects.requireNonNull(getMessage());
  }
}
