package dev.threadmill.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.embedding.Spending;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.Projects;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSeeds;
import dev.threadmill.core.schedule.Schedules;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What the gateway does through core's classes, done with no more rights than deploy/roles.sql. */
@GatewayTest
class GatewaysRoleIT {
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transaction;
  @Autowired private javax.sql.DataSource database;
  @Autowired private Projects projects;
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private ProjectDeletions deletions;
  @Autowired private RunLog runs;
  @Autowired private TickLog ticks;
  @Autowired private Schedules schedules;
  @Autowired private ScheduleSeeds seeds;
  @Autowired private EmbeddingUsage usage;

  private Rows rows;

  @BeforeEach
  void grant() throws Exception {
    Path script = Path.of(System.getProperty("threadmill.root")).resolve("deploy/roles.sql");
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(Files.readString(script));
    }
    rows = new Rows(jdbc);
  }

  /** Nothing of it stays. */
  private void asGateway(Runnable what) {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("set local role threadmill_gateway").update();
          what.run();
          status.setRollbackOnly();
        });
  }

  private Source source(UUID project) {
    return sources.ofProject(project).getFirst();
  }

  @Test
  void it_counts_what_the_questions_of_searches_cost() {
    var spent = new Spending(rows.project, 1, 1, 7, BigDecimal.ONE, 0, 0, 0, 0);

    asGateway(
        () -> {
          usage.add(List.of(spent), "a model");
          usage.add(List.of(spent), "a model");
          assertThat(
                  jdbc.sql("select tokens from embedding_usage where project_id = :project")
                      .param("project", rows.project)
                      .query(Long.class)
                      .single())
              .isEqualTo(14);
        });
  }

  @Test
  void it_binds_a_source_and_what_was_synced_of_its_number_before_is_forgotten() {
    long number = rows.account() + 500_000;
    jdbc.sql("insert into sync_watermarks (project_id, source) values (:project, :source)")
        .param("project", rows.project)
        .param("source", "chatwoot:" + number)
        .update();

    asGateway(
        () -> {
          sources.bind(rows.project, URI.create("https://other.example.com"), number);
          assertThat(watermarks()).isZero();
        });

    assertThat(watermarks()).isEqualTo(1);
  }

  private long watermarks() {
    return jdbc.sql("select count(*) from sync_watermarks where project_id = :project")
        .param("project", rows.project)
        .query(Long.class)
        .single();
  }

  @Test
  void it_wants_things_and_sources_and_projects_to_be_erased() {
    asGateway(
        () -> {
          Source source = source(rows.project);
          for (var kind : new Erasures.Kind[] {Erasures.Kind.CONTACT, Erasures.Kind.CONVERSATION}) {
            assertThat(erasures.request(source, kind, 5, "somebody").orElseThrow().isNew())
                .isTrue();
          }
          assertThat(erasures.request(source, Erasures.Kind.SOURCE, source.accountId(), "somebody"))
              .isPresent();
          projects.rename(rows.project, "renamed " + rows.project);
          projects.archive(rows.project, true);
          Project archived = projects.lock(rows.project).orElseThrow();
          deletions.request(archived, "somebody", Map.of());
          assertThat(deletions.find(rows.project)).isPresent();
        });
  }

  @Test
  void it_makes_a_project_and_its_schedules_and_starts_and_cancels_runs() {
    asGateway(
        () -> {
          UUID project = projects.create("made " + rows.project).id();
          seeds.seed(project);
          ScheduleRow schedule = schedules.lock(project, JobType.CHATWOOT_SYNC).orElseThrow();
          schedules.pause(schedule.id(), "a test", "somebody");
          schedules.resume(schedule.id(), "somebody");
          ticks.requestManual(project, 10);
          var run =
              runs.request(
                  new RunRequest(
                      project, JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "somebody", Map.of()));
          assertThat(runs.cancel(project, run.runId(), "somebody")).contains(RunStatus.CANCELLED);
          runs.cancelAll(project, "somebody");
        });
  }
}
