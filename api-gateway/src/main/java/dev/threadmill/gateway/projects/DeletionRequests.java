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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Wants projects to be deleted, and tells how far that is. */
@Component
public class DeletionRequests {
  private final Projects projects;
  private final ProjectDeletions deletions;
  private final RowCounts counts;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  DeletionRequests(
      Projects projects,
      ProjectDeletions deletions,
      RowCounts counts,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.projects = projects;
    this.deletions = deletions;
    this.counts = counts;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * Wants an archived project to be deleted; this can't be taken back.
   *
   * @param confirm the project's name
   */
  public Deletion request(Project shown, @Nullable String confirm, Actor actor) {
    if (!shown.name().equals(confirm)) {
      throw ApiProblem.invalid(
          "'confirm' must be the project's name, for all that belongs to it goes with it.");
    }
    return Objects.requireNonNull(transaction.execute(status -> want(shown.id(), actor)));
  }

  private Deletion want(UUID id, Actor actor) {
    Project project = projects.lock(id).orElseThrow(() -> ApiProblem.notFound("project"));
    if (!project.archived()) {
      throw new ApiProblem(
          ProblemCode.PROJECT_NOT_ARCHIVED,
          "Only an archived project can be deleted; archive it first.");
    }
    if (deletions.find(id).isEmpty()) {
      deletions.request(project, actor.caller().name(), expected(id));
      audit.write(
          actor,
          new Change(id, "project.delete", id.toString(), Map.of("name", project.name()), null));
    }
    return deletions.find(id).orElseThrow();
  }

  private Map<String, Long> expected(UUID id) {
    var rows = counts.of(id);
    return Map.of(
        "contacts", rows.contacts(),
        "conversations", rows.conversations(),
        "messages", rows.messages(),
        "rag_chunks", rows.chunks());
  }

  /** Also when the project is gone. */
  public Optional<Deletion> find(UUID project) {
    return deletions.find(project);
  }

  /** Those that are under way or done, the newest first. */
  public List<Deletion> newest(int most) {
    return deletions.newest(most);
  }
}
