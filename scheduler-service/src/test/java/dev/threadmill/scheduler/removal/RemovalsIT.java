package dev.threadmill.scheduler.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.Projects;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.scheduler.SchedulerIT;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class RemovalsIT extends SchedulerIT {
  @Autowired private Projects projects;
  @Autowired private Sources sources;
  @Autowired private ProjectDeletions deletions;
  @Autowired private Erasures erasures;
  @Autowired private TransactionTemplate transaction;

  @Test
  void what_people_want_to_be_gone_goes_by_itself() {
    UUID project = newProject();
    due(project, JobType.CHATWOOT_SYNC, 900, "1 min");
    Source source = sources.bind(project, URI.create("https://" + project + ".example.com"), 1);
    UUID erasure =
        transaction.execute(
            status ->
                erasures.request(source, Kind.CONTACT, 7, "test").orElseThrow().erasure().id());

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> erasures.find(project, erasure).orElseThrow().finishedAt() != null);
    projects.archive(project, true);
    deletions.request(projects.findEvenArchived(project).orElseThrow(), "test", Map.of());

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> deletions.find(project).orElseThrow().finishedAt() != null);
    assertThat(projects.findEvenArchived(project)).isEmpty();
    assertThat(deletions.find(project).orElseThrow().deleted())
        .containsEntry("scheduled_jobs", 1L)
        .containsEntry("erasures", 1L);
  }
}
