package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProjectResolver;
import dev.threadmill.gateway.security.EvenArchived;
import dev.threadmill.gateway.security.Scope;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The projects a caller may see. They are made and changed with a token for all projects and the
 * scope admin.
 */
@RestController
@RequestMapping("/projects")
class ProjectsController {
  private final Projects projects;
  private final ProjectAccess access;
  private final ProjectChanges changes;

  ProjectsController(Projects projects, ProjectAccess access, ProjectChanges changes) {
    this.projects = projects;
    this.access = access;
    this.changes = changes;
  }

  record Listed<T>(List<T> items) {}

  /**
   * A project as it is asked for.
   *
   * @param name 1 to 100 characters; no other project's
   */
  record ProjectWish(
      @Schema(requiredMode = RequiredMode.REQUIRED, minLength = 1, maxLength = 100)
          @Nullable String name) {}

  /**
   * What is to be changed of a project. What is absent stays.
   *
   * @param name 1 to 100 characters; no other project's
   * @param timeZone such as {@code Europe/Berlin}: where its days begin and end
   */
  record ProjectPatch(@Nullable String name, @Nullable String timeZone) {}

  /**
   * The oldest first.
   *
   * @param archived those that are archived, in the place of the others; for administrators
   */
  @GetMapping
  Listed<Project> list(
      @EvenArchived Caller caller, @RequestParam(defaultValue = "false") boolean archived) {
    if (archived && caller.scope() != Scope.ADMIN) {
      throw new ApiProblem(
          ProblemCode.FORBIDDEN, "Archived projects are shown to administrators only.");
    }
    if (caller.projectId() != null) {
      return new Listed<>(
          projects.findEvenArchived(caller.projectId()).stream()
              .filter(project -> archived == (project.archivedAt() != null))
              .toList());
    }
    return new Listed<>(archived ? projects.listArchived() : projects.list());
  }

  @GetMapping("/{id}")
  Project one(@PathVariable UUID id) {
    return access.shown(id);
  }

  /** Its schedules are there and due at once. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<Project> create(@RequestBody ProjectWish wish, HttpServletRequest request) {
    ProjectAccess.requireAllProjects();
    Project created = changes.create(ProjectName.of(wish.name()), actor(request));
    return ResponseEntity.created(URI.create("/projects/" + created.id())).body(created);
  }

  @PatchMapping("/{id}")
  Project change(
      @PathVariable UUID id, @RequestBody ProjectPatch patch, HttpServletRequest request) {
    requireChangeable(id);
    if (patch.name() == null && patch.timeZone() == null) {
      throw ApiProblem.invalid("There is nothing to change; send 'name' or 'time_zone'.");
    }
    ProjectName name = patch.name() == null ? null : ProjectName.of(patch.name());
    TimeZoneName zone = patch.timeZone() == null ? null : TimeZoneName.of(patch.timeZone());
    return changes.change(id, name, zone, actor(request));
  }

  /** Nothing of it runs or is shown until it is restored; its rows stay. */
  @PostMapping("/{id}/archive")
  Project archive(@PathVariable UUID id, HttpServletRequest request) {
    requireChangeable(id);
    return changes.archive(id, actor(request));
  }

  @PostMapping("/{id}/restore")
  Project restore(@PathVariable UUID id, HttpServletRequest request) {
    requireChangeable(id);
    return changes.restore(id, actor(request));
  }

  private void requireChangeable(UUID id) {
    var unused = access.shown(id);
    ProjectAccess.requireAllProjects();
  }

  private static Actor actor(HttpServletRequest request) {
    return Actor.of(CallerProjectResolver.caller(), request);
  }
}
