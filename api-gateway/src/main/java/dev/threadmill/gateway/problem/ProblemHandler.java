package dev.threadmill.gateway.problem;

import dev.threadmill.core.database.DatabaseFailures;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Turns whatever a controller throws into a problem document; what was not foreseen is logged and
 * not told.
 */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private final KnownFailures failures;

  ProblemHandler(KnownFailures failures) {
    this.failures = failures;
  }

  @ExceptionHandler(ApiProblem.class)
  ResponseEntity<Object> known(ApiProblem problem, HttpServletRequest request) {
    var headers = new HttpHeaders();
    problem.retryAfter().ifPresent(wait -> headers.set(HttpHeaders.RETRY_AFTER, wait));
    return answer(problem.code(), problem.detail(), headers, RequestIdFilter.of(request));
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> unforeseen(
      Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) {
      // Half an answer must not end like a whole one: the container cuts the connection, and logs
      // why.
      if (!(failure instanceof IOException)) {
        log.warn(
            "{} {} ends in its middle: {}, SQLSTATE {}, request {}",
            request.getMethod(),
            request.getRequestURI(),
            failure.getClass().getName(),
            DatabaseFailures.sqlState(failure).orElse("none"),
            RequestIdFilter.of(request));
      }
      throw failure;
    }
    Optional<ApiProblem> problem = failures.problem(failure);
    if (problem.isPresent()) {
      return known(problem.get(), request);
    }
    log.error("{} {} failed", request.getMethod(), request.getRequestURI(), failure);
    return answer(
        ProblemCode.INTERNAL_ERROR,
        "Something failed here that should not. The gateway's log has it under the request_id.",
        new HttpHeaders(),
        RequestIdFilter.of(request));
  }

  @ExceptionHandler(MethodArgumentTypeMismatchException.class)
  ResponseEntity<Object> wrongType(
      MethodArgumentTypeMismatchException wrong, HttpServletRequest request) {
    String expected =
        wrong.getRequiredType() == null ? "value" : wrong.getRequiredType().getSimpleName();
    return answer(
        ProblemCode.INVALID_REQUEST,
        "'" + wrong.getName() + "' is not a valid " + expected.toLowerCase(Locale.ROOT) + ".",
        new HttpHeaders(),
        RequestIdFilter.of(request));
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException unreadable,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    BodyTooLarge tooLarge = BodyTooLarge.behind(unreadable);
    if (tooLarge != null) {
      return known(tooLarge.problem(), ((ServletWebRequest) request).getRequest());
    }
    return answer(ProblemCode.INVALID_BODY, bodyDetail(unreadable), headers, requestId(request));
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception failure,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode code,
      WebRequest request) {
    HttpStatus status = HttpStatus.valueOf(code.value());
    String detail =
        switch (status) {
          case NOT_FOUND -> "There is nothing at this path; /openapi.json lists what there is.";
          case METHOD_NOT_ALLOWED ->
              "This path does not take this method; the Allow header names those it takes.";
          case UNSUPPORTED_MEDIA_TYPE -> "Send the body as application/json.";
          case CONTENT_TOO_LARGE -> "The body is too large.";
          default ->
              failure instanceof ErrorResponse known && known.getBody().getDetail() != null
                  ? known.getBody().getDetail()
                  : status.getReasonPhrase();
        };
    return answer(status, ProblemCode.of(status), detail, headers, requestId(request));
  }

  /** Names the field; never quotes what was sent. */
  private static String bodyDetail(HttpMessageNotReadableException unreadable) {
    Throwable cause = unreadable.getCause();
    if (cause instanceof UnrecognizedPropertyException unknown) {
      return "The field '" + unknown.getPropertyName() + "' is not known here.";
    }
    if (cause instanceof DatabindException wrong && !wrong.getPath().isEmpty()) {
      return "The field '"
          + wrong.getPath().getLast().getPropertyName()
          + "' has a value of the wrong kind.";
    }
    return "The body is not valid JSON.";
  }

  private static String requestId(WebRequest request) {
    return RequestIdFilter.of(((ServletWebRequest) request).getRequest());
  }

  private static ResponseEntity<Object> answer(
      ProblemCode code, String detail, HttpHeaders headers, String requestId) {
    return answer(code.status(), code, detail, headers, requestId);
  }

  private static ResponseEntity<Object> answer(
      HttpStatus status, ProblemCode code, String detail, HttpHeaders headers, String requestId) {
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(Problem.of(status, code, detail, requestId));
  }
}
