package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProjectResolver;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The projects a caller may see, and where their conversations come from. Credentials are never
 * shown.
 */
@RestController
@RequestMapping("/projects")
class ProjectsController {
  private final Projects projects;
  private final Sources sources;

  ProjectsController(Projects projects, Sources sources) {
    this.projects = projects;
    this.sources = sources;
  }

  record Listed<T>(List<T> items) {}

  record SourceView(UUID id, String sourceKind, String baseUrl, long accountId) {}

  @GetMapping
  Listed<Project> list() {
    Caller caller = CallerProjectResolver.caller();
    return new Listed<>(
        projects.list().stream()
            .filter(
                project -> caller.projectId() == null || caller.projectId().equals(project.id()))
            .toList());
  }

  @GetMapping("/{id}/sources")
  Listed<SourceView> sources(@PathVariable UUID id) {
    Caller caller = CallerProjectResolver.caller();
    boolean foreign = caller.projectId() != null && !caller.projectId().equals(id);
    if (foreign || projects.find(id).isEmpty()) {
      throw ApiProblem.notFound("project");
    }
    return new Listed<>(sources.ofProject(id).stream().map(ProjectsController::view).toList());
  }

  private static SourceView view(Source source) {
    return new SourceView(source.id(), "chatwoot", source.baseUrl().toString(), source.accountId());
  }
}
