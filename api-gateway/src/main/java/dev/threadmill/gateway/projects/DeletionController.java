package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.ProjectDeletions.Deletion;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProjectResolver;
import dev.threadmill.gateway.security.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Deletes projects with all that belongs to them, with a token for all projects and the scope
 * admin. The rows go in the background; the receipt stays.
 */
@RestController
@RequestMapping("/projects/{id}")
class DeletionController {
  private final ProjectAccess access;
  private final DeletionRequests deletions;

  DeletionController(ProjectAccess access, DeletionRequests deletions) {
    this.access = access;
    this.deletions = deletions;
  }

  /**
   * How far a deletion is.
   *
   * @param state running or done
   * @param waitsFor what somebody else has to do first: {@code vector_indexes} are dropped by
   *     embed-worker, {@code writers} are runs that have not ended yet; null: nothing
   * @param expected what there was when it was asked for, without what was gone in Chatwoot
   * @param deleted rows deleted so far, by table
   */
  record DeletionView(
      UUID projectId,
      String projectName,
      String state,
      String requestedBy,
      Instant requestedAt,
      @Nullable Instant finishedAt,
      @Nullable String waitsFor,
      Map<String, Long> expected,
      Map<String, Long> deleted) {
    static DeletionView of(Deletion deletion) {
      return new DeletionView(
          deletion.projectId(),
          deletion.projectName(),
          deletion.finishedAt() == null ? "running" : "done",
          deletion.requestedBy(),
          deletion.requestedAt(),
          deletion.finishedAt(),
          deletion.waitsFor(),
          deletion.expected(),
          deletion.deleted());
    }
  }

  /**
   * Deletes an archived project; this can't be taken back.
   *
   * @param confirm the project's name
   */
  @DeleteMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<DeletionView> delete(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String confirm,
      HttpServletRequest request) {
    Project shown = access.shown(id);
    ProjectAccess.requireAllProjects();
    Actor actor = Actor.of(CallerProjectResolver.caller(), request);
    Deletion wanted = deletions.request(shown, confirm, actor);
    return ResponseEntity.accepted()
        .location(URI.create("/projects/" + id + "/deletion"))
        .body(DeletionView.of(wanted));
  }

  /** Also when the project is gone. */
  @GetMapping("/deletion")
  DeletionView deletion(@PathVariable UUID id) {
    var caller = CallerProjectResolver.caller();
    if (caller.projectId() != null || caller.scope() != Scope.ADMIN) {
      throw ApiProblem.notFound("deletion");
    }
    return deletions
        .find(id)
        .map(DeletionView::of)
        .orElseThrow(() -> ApiProblem.notFound("deletion"));
  }
}
