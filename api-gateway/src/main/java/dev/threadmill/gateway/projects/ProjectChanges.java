package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.Projects;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.schedule.ScheduleSeeds;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to projects; each change and its note in the audit log are one transaction. */
@Component
public class ProjectChanges {
  private final Projects projects;
  private final ProjectDeletions deletions;
  private final ScheduleSeeds seeds;
  private final RunLog runs;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ProjectChanges(
      Projects projects,
      ProjectDeletions deletions,
      ScheduleSeeds seeds,
      RunLog runs,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.projects = projects;
    this.deletions = deletions;
    this.seeds = seeds;
    this.runs = runs;
    this.audit = audit;
    this.transaction = transaction;
  }

  public Project create(ProjectName name, Actor actor) {
    return named(
        () -> {
          Project project = projects.create(name.text());
          seeds.seed(project.id());
          audit.write(actor, change(project, "project.create", null, fields(project)));
          return project;
        });
  }

  /** A new time zone moves what was counted to other days, with the next runs of analytics. */
  public Project change(
      UUID id, @Nullable ProjectName name, @Nullable TimeZoneName zone, Actor actor) {
    return named(
        () -> {
          Project before = lock(id);
          if (before.archived()) {
            throw new ApiProblem(
                ProblemCode.PROJECT_ARCHIVED,
                "The project is archived; restore it before you change it.");
          }
          if (name != null) {
            projects.rename(id, name.text());
          }
          if (zone != null) {
            projects.moveTo(id, zone.text());
          }
          return changed(before, "project.change", actor);
        });
  }

  /** Its runs are cancelled, and from now on its schedules move on and run nothing. */
  public Project archive(UUID id, Actor actor) {
    return done(
        () -> {
          Project before = lock(id);
          if (before.archived()) {
            return before;
          }
          projects.archive(id, true);
          runs.cancelAll(id, actor.caller().name());
          return changed(before, "project.archive", actor);
        });
  }

  /** Its schedules go on at their next time; what was due meanwhile is not made up for. */
  public Project restore(UUID id, Actor actor) {
    return done(
        () -> {
          Project before = lock(id);
          if (!before.archived()) {
            return before;
          }
          if (deletions.find(id).isPresent()) {
            throw new ApiProblem(
                ProblemCode.DELETION_UNDER_WAY,
                "The project is being deleted; that can't be taken back.");
          }
          projects.archive(id, false);
          seeds.seed(id);
          return changed(before, "project.restore", actor);
        });
  }

  private Project lock(UUID id) {
    return projects.lock(id).orElseThrow(() -> ApiProblem.notFound("project"));
  }

  private Project changed(Project before, String action, Actor actor) {
    Project after = projects.findEvenArchived(before.id()).orElseThrow();
    audit.write(actor, change(after, action, fields(before), fields(after)));
    return after;
  }

  private Project named(Supplier<Project> change) {
    try {
      return done(change);
    } catch (DuplicateKeyException taken) {
      throw new ApiProblem(
          ProblemCode.PROJECT_NAME_TAKEN,
          "Another project, perhaps an archived one, has this name; choose another.");
    }
  }

  private Project done(Supplier<Project> change) {
    return Objects.requireNonNull(transaction.execute(status -> change.get()));
  }

  private static Change change(
      Project project, String action, @Nullable Map<String, ?> before, Map<String, ?> after) {
    return new Change(project.id(), action, project.id().toString(), before, after);
  }

  private static Map<String, Object> fields(Project project) {
    return Map.of(
        "name", project.name(), "time_zone", project.timeZone(), "archived", project.archived());
  }
}
