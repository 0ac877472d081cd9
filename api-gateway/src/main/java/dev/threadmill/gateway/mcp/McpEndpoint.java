package dev.threadmill.gateway.mcp;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.idempotency.RequestReadTwice;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.KnownFailures;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.ProblemWriter;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProjectResolver;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.util.ContentCachingResponseWrapper;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets in who may speak for one project and no other: an agent reads what others wrote, and must
 * not be talked into another project by it.
 */
final class McpEndpoint extends HttpServlet {
  private static final String PROJECT = "project";

  private final transient HttpServlet transport;
  private final transient Projects projects;
  private final transient ProblemWriter problems;
  private final transient KnownFailures failures;
  private final transient JsonMapper json;

  McpEndpoint(
      HttpServlet transport,
      Projects projects,
      ProblemWriter problems,
      KnownFailures failures,
      JsonMapper json) {
    this.transport = transport;
    this.projects = projects;
    this.problems = problems;
    this.failures = failures;
    this.json = json;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    try {
      request.setAttribute(PROJECT, project(request));
    } catch (RuntimeException refused) {
      problems.write(request, response, failures.problem(refused).orElseThrow(() -> refused));
      return;
    }
    // Read here, where a body that is too long is still told from one that breaks off.
    var whole = new RequestReadTwice(request);
    var answer = new ContentCachingResponseWrapper(response);
    transport.service(whole, answer);
    if (failed(answer)) {
      answer.resetBuffer();
      problems.write(
          request,
          response,
          new ApiProblem(
              ProblemCode.INVALID_BODY,
              "The body is no message of MCP, or its params are not those of its method."));
      return;
    }
    answer.copyBodyToResponse();
  }

  /**
   * Whether the SDK answers with the text of an exception, which may quote anything. The tools
   * catch their own, so what is left are messages that it can't read.
   */
  private boolean failed(ContentCachingResponseWrapper answer) {
    if (answer.getStatus() >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR
        || answer.getStatus() == HttpServletResponse.SC_BAD_REQUEST) {
      return true;
    }
    try {
      return json.readTree(answer.getContentAsByteArray())
              .path("error")
              .path("code")
              .asInt(ErrorCodes.METHOD_NOT_FOUND)
          == ErrorCodes.INTERNAL_ERROR;
    } catch (JacksonException nothingOfMcp) {
      return false;
    }
  }

  private UUID project(HttpServletRequest request) {
    Caller caller = CallerProjectResolver.caller();
    if (caller.projectId() == null) {
      throw new ApiProblem(
          ProblemCode.PROJECT_TOKEN_REQUIRED,
          "Agents speak for one project: use a token that is bound to it (POST /tokens with a project_id).");
    }
    return CallerProjectResolver.named(new ServletWebRequest(request))
        .filter(project -> projects.find(project).isPresent())
        .orElseThrow(() -> ApiProblem.notFound("project"));
  }

  /** What the tools are told of the request. */
  static McpTransportContext context(HttpServletRequest request) {
    return McpTransportContext.create(Map.of(PROJECT, request.getAttribute(PROJECT)));
  }

  static UUID project(McpTransportContext context) {
    return (UUID) Objects.requireNonNull(context.get(PROJECT));
  }
}
