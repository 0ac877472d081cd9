package dev.threadmill.gateway.problem;

import java.util.Objects;
import org.springframework.http.HttpStatus;

/**
 * An error that the caller is told. The detail says what to do, and holds no secret and no text of
 * a customer.
 */
public final class ApiProblem extends RuntimeException {
  private final HttpStatus status;
  private final String code;

  public ApiProblem(HttpStatus status, String code, String detail) {
    super(Objects.requireNonNull(detail));
    this.status = status;
    this.code = code;
  }

  public static ApiProblem invalid(String detail) {
    return new ApiProblem(HttpStatus.BAD_REQUEST, "invalid_request", detail);
  }

  public static ApiProblem notFound(String what) {
    return new ApiProblem(
        HttpStatus.NOT_FOUND, "not_found", "There is no such " + what + " in this project.");
  }

  public HttpStatus status() {
    return status;
  }

  public String code() {
    return code;
  }

  public String detail() {
    return Objects.requireNonNull(getMessage());
  }
}
