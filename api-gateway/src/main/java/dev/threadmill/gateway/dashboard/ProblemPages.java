package dev.threadmill.gateway.dashboard;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.KnownFailures;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.RequestIdFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;

/** Turns whatever a page's controller throws into a page. */
@ControllerAdvice(basePackageClasses = ProblemPages.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class ProblemPages {
  private static final Logger log = LoggerFactory.getLogger(ProblemPages.class);

  private final KnownFailures failures;
  private final ProblemPage page;

  ProblemPages(KnownFailures failures, ProblemPage page) {
    this.failures = failures;
    this.page = page;
  }

  @ExceptionHandler(Exception.class)
  ModelAndView show(Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) {
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
    return page.of(request, problem(failure, request));
  }

  private ApiProblem problem(Exception failure, HttpServletRequest request) {
    Optional<ApiProblem> known = failures.problem(failure);
    if (known.isPresent()) {
      return known.get();
    }
    // In an address of a page an id that can't be one leads nowhere; elsewhere a value is wrong.
    if (failure instanceof MethodArgumentTypeMismatchException wrong) {
      return ApiProblem.invalid("'" + wrong.getName() + "' has a value that can't be understood.");
    }
    if (failure instanceof ErrorResponse refused && refused.getStatusCode().is4xxClientError()) {
      return new ApiProblem(ProblemCode.BAD_REQUEST, "The request can't be understood.");
    }
    log.error("{} {} failed", request.getMethod(), request.getRequestURI(), failure);
    return new ApiProblem(
        ProblemCode.INTERNAL_ERROR,
        "Something failed here that should not. The gateway's log has it under the id below.");
  }
}
