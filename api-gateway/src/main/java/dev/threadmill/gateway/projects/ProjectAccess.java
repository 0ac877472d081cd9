package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProjectResolver;
import dev.threadmill.gateway.security.Scope;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Which of the projects that a path names a caller may see. One that it may not see is a 404, like
 * one that does not exist.
 */
@Component
public class ProjectAccess {
  private final Projects projects;

  ProjectAccess(Projects projects) {
    this.projects = projects;
  }

  /** A project that is not archived. */
  Project active(UUID id) {
    Project project = shown(id);
    if (project.archived()) {
      throw ApiProblem.notFound("project");
    }
    return project;
  }

  /** A project; an archived one is shown to administrators only. */
  public Project shown(UUID id) {
    Caller caller = CallerProjectResolver.caller();
    boolean foreign = caller.projectId() != null && !caller.projectId().equals(id);
    if (foreign) {
      throw ApiProblem.notFound("project");
    }
    return projects
        .findEvenArchived(id)
        .filter(project -> !project.archived() || caller.scope() == Scope.ADMIN)
        .orElseThrow(() -> ApiProblem.notFound("project"));
  }

  /** Who makes projects, and unmakes them, must not be bound to one. */
  public static void requireAllProjects() {
    if (CallerProjectResolver.caller().projectId() != null) {
      throw new ApiProblem(
          ProblemCode.FORBIDDEN, "This token is bound to one project; use one for all projects.");
    }
  }
}
