package dev.threadmill.gateway.projects;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.ProjectDeletions.Deletion;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.security.CallerProjectResolver;
import dev.threadmill.gateway.security.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Deletes projects with all that belongs to them, with a token for all projects and the scope
 * admin. The rows go in the background; the receipt stays.
 */
@RestController
@RequestMapping("/projects/{id}")
class DeletionController {
  private final ProjectAccess access;
  private final Parts parts;
  private final TransactionTemplate transaction;

  DeletionController(ProjectAccess access, Parts parts, TransactionTemplate transaction) {
    this.access = access;
    this.parts = parts;
    this.transaction = transaction;
  }

  /** The tables that a deletion begins with. */
  @Component
  record Parts(Projects projects, ProjectDeletions deletions, RowCounts counts, AuditLog audit) {}

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
  ResponseEntity<DeletionView> delete(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String confirm,
      HttpServletRequest request) {
    Project shown = access.shown(id);
    ProjectAccess.requireAllProjects();
    if (!shown.name().equals(confirm)) {
      throw ApiProblem.invalid(
          "'confirm' must be the project's name, for all that belongs to it goes with it.");
    }
    Actor actor = Actor.of(CallerProjectResolver.caller(), request);
    Deletion wanted = Objects.requireNonNull(transaction.execute(status -> want(id, actor)));
    return ResponseEntity.accepted()
        .location(URI.create("/projects/" + id + "/deletion"))
        .body(DeletionView.of(wanted));
  }

  private Deletion want(UUID id, Actor actor) {
    Project project = parts.projects().lock(id).orElseThrow(() -> ApiProblem.notFound("project"));
    if (!project.archived()) {
      throw new ApiProblem(
          ProblemCode.PROJECT_NOT_ARCHIVED,
          "Only an archived project can be deleted; archive it first.");
    }
    if (parts.deletions().find(id).isEmpty()) {
      parts.deletions().request(project, actor.caller().name(), expected(id));
      parts
          .audit()
          .write(
              actor,
              new Change(
                  id, "project.delete", id.toString(), Map.of("name", project.name()), null));
    }
    return parts.deletions().find(id).orElseThrow();
  }

  private Map<String, Long> expected(UUID id) {
    var counts = parts.counts().of(id);
    return Map.of(
        "contacts", counts.contacts(),
        "conversations", counts.conversations(),
        "messages", counts.messages(),
        "rag_chunks", counts.chunks());
  }

  /** Also when the project is gone. */
  @GetMapping("/deletion")
  DeletionView deletion(@PathVariable UUID id) {
    var caller = CallerProjectResolver.caller();
    if (caller.projectId() != null || caller.scope() != Scope.ADMIN) {
      throw ApiProblem.notFound("deletion");
    }
    return parts
        .deletions()
        .find(id)
        .map(DeletionView::of)
        .orElseThrow(() -> ApiProblem.notFound("deletion"));
  }
}
