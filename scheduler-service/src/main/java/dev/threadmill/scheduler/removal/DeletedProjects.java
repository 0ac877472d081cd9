package dev.threadmill.scheduler.removal;

import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.ProjectDeletions.Progress;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Deletes projects with all that belongs to them, in batches so small that nobody waits for them.
 */
@Component
class DeletedProjects implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(DeletedProjects.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(20);
  private static final int BATCH = 1000;

  private final ProjectDeletions deletions;

  DeletedProjects(ProjectDeletions deletions) {
    this.deletions = deletions;
  }

  @Override
  public String name() {
    return "deletion of projects";
  }

  @Override
  public Duration sweep() {
    Progress progress = deletions.advance(BATCH);
    if (progress == Progress.DONE) {
      log.info("a project is deleted; GET /projects/{id}/deletion says what went with it");
    }
    return progress == Progress.NOTHING || progress == Progress.WAITING ? PAUSE : BETWEEN_BATCHES;
  }
}
