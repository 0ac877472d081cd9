package dev.threadmill.gateway.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Answers with a problem where no controller was reached. */
@Component
public class ProblemWriter {
  private final JsonMapper json;

  ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  public void write(HttpServletRequest request, HttpServletResponse response, ApiProblem problem)
      throws IOException {
    write(request, response, problem.status(), problem.code(), problem.detail());
  }

  void write(
      HttpServletRequest request,
      HttpServletResponse response,
      HttpStatus status,
      ProblemCode code,
      String detail)
      throws IOException {
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    json.writeValue(
        response.getOutputStream(), Problem.of(status, code, detail, RequestIdFilter.of(request)));
  }

  /**
   * The problem of a request that the server refused before any of our code saw it.
   *
   * @param out null: the answer is on its way already
   */
  public void writeUnread(
      HttpServletRequest request, HttpServletResponse response, @Nullable PrintWriter out) {
    if (out == null) {
      return;
    }
    HttpStatus status =
        Objects.requireNonNullElse(
            HttpStatus.resolve(response.getStatus()), HttpStatus.INTERNAL_SERVER_ERROR);
    String requestId = RequestIdFilter.give(request, response);
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    out.write(
        json.writeValueAsString(
            Problem.of(
                status, ProblemCode.of(status), ProblemErrorController.detail(status), requestId)));
  }
}
