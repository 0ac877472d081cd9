package dev.threadmill.gateway.mcp;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.ProblemWriter;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProjectResolver;
import io.modelcontextprotocol.common.McpTransportContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Lets in who may speak for one project and no other: an agent reads what others wrote, and must
 * not be talked into another project by it.
 */
final class McpEndpoint extends HttpServlet {
  private static final String PROJECT = "project";

  private final transient HttpServlet transport;
  private final transient Projects projects;
  private final transient ProblemWriter problems;

  McpEndpoint(HttpServlet transport, Projects projects, ProblemWriter problems) {
    this.transport = transport;
    this.projects = projects;
    this.problems = problems;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    try {
      request.setAttribute(PROJECT, project(request));
    } catch (ApiProblem refused) {
      problems.write(request, response, refused);
      return;
    }
    transport.service(request, response);
  }

  private UUID project(HttpServletRequest request) {
    Caller caller = CallerProjectResolver.caller();
    UUID project = caller.projectId();
    if (project == null) {
      throw new ApiProblem(
          ProblemCode.PROJECT_TOKEN_REQUIRED,
          "Agents speak for one project: use a token that is bound to it (POST /tokens with a project_id).");
    }
    String named = request.getHeader("X-Project-Id");
    if ((named != null && !named.equals(project.toString())) || projects.find(project).isEmpty()) {
      throw ApiProblem.notFound("project");
    }
    return project;
  }

  /** What the tools are told of the request. */
  static McpTransportContext context(HttpServletRequest request) {
    return McpTransportContext.create(Map.of(PROJECT, request.getAttribute(PROJECT)));
  }

  static UUID project(McpTransportContext context) {
    return (UUID) Objects.requireNonNull(context.get(PROJECT));
  }
}
