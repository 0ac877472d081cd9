package dev.threadmill.scheduler.campaign;

import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.SchedulerIT;
import dev.threadmill.scheduler.campaign.Desk.Customer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;

/** A project with a simulated account, and the job that works its campaigns. */
abstract class CampaignRuns extends SchedulerIT {
  @Autowired private RunRequests requests;
  @Autowired Sources sources;
  @Autowired SourceSecrets secrets;

  Desk desk;

  @BeforeEach
  void open() {
    desk = new Desk(jdbc, newProject(), sources, secrets);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  /** How a run ended, and its result. */
  record Ended(String status, String result, String errorClass) {}

  Ended run() {
    UUID id =
        requests
            .request(
                new RunRequest(
                    desk.project, JobType.CAMPAIGN_SCHEDULER, RunTrigger.MANUAL, "test", Map.of()))
            .runId();
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                jdbc.sql(
                        """
                        select status, coalesce(result::text, '') as result, coalesce(error_class, '') as error_class
                        from job_runs where id = :id
                        """)
                    .param("id", id)
                    .query(
                        (row, n) ->
                            new Ended(
                                row.getString("status"),
                                row.getString("result"),
                                row.getString("error_class")))
                    .single(),
            ended -> !ended.status().equals("running") && !isNew(id, ended));
  }

  /** Queued for the first time: a run that was put off has an error class. */
  private boolean isNew(UUID id, Ended ended) {
    return ended.status().equals("queued")
        && jdbc.sql("select attempt = 0 from job_runs where id = :id")
            .param("id", id)
            .query(Boolean.class)
            .single();
  }

  int sent() {
    return jdbc.sql(
            "select count(*) from outbound_messages where project_id = :project and state = 'sent'")
        .param("project", desk.project)
        .query(Integer.class)
        .single();
  }

  String state(UUID campaign) {
    return jdbc.sql("select state from campaigns where id = :id")
        .param("id", campaign)
        .query(String.class)
        .single();
  }

  void optOut(Customer customer) {
    jdbc.sql(
            "insert into campaign_opt_outs (project_id, contact, created_by) values (:project, :contact, 'Noor')")
        .param("project", desk.project)
        .param("contact", customer.contactId())
        .update();
  }
}
