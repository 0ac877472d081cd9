package dev.threadmill.gateway.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with a problem where a request failed before or outside of every controller. */
@RestController
class ProblemErrorController implements ErrorController {
  private final ProblemWriter problems;

  ProblemErrorController(ProblemWriter problems) {
    this.problems = problems;
  }

  @io.swagger.v3.oas.annotations.Hidden
  @RequestMapping("${spring.web.error.path:/error}")
  void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      // Half of another answer is written already.
      return;
    }
    HttpStatus status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? Objects.requireNonNullElse(HttpStatus.resolve(code), HttpStatus.INTERNAL_SERVER_ERROR)
            : HttpStatus.NOT_FOUND;
    problems.write(request, response, status, ProblemCode.of(status), detail(status));
  }

  static String detail(HttpStatus status) {
    return switch (status) {
      case BAD_REQUEST -> "The request's path or headers can't be read.";
      case NOT_FOUND -> "There is nothing at this path; /openapi.json lists what there is.";
      default ->
          status.is5xxServerError()
              ? "Something failed here that should not. The gateway's log has it under the request_id."
              : status.getReasonPhrase();
    };
  }
}
