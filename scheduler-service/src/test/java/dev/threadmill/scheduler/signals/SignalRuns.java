package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.SchedulerIT;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A customer with a conversation, and the job that looks for signals in it. */
abstract class SignalRuns extends SchedulerIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Autowired private RunRequests requests;

  Account account;
  String contact;
  String conversation;

  @BeforeEach
  void a_customer_with_a_conversation() {
    account = new Account(jdbc, newProject());
    contact = account.contact();
    conversation = account.conversation(contact);
  }

  /** The result of a run that ended well. */
  JsonNode run() {
    return run("ok");
  }

  JsonNode run(String status) {
    UUID run =
        requests
            .request(
                new RunRequest(
                    account.project,
                    JobType.SIGNALS_EXTRACTION,
                    RunTrigger.MANUAL,
                    "Ada",
                    Map.of()))
            .runId();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                jdbc.sql("select finished_at is not null from job_runs where id = :id")
                    .param("id", run)
                    .query(Boolean.class)
                    .single());
    return jdbc.sql("select status, error, result::text as result from job_runs where id = :id")
        .param("id", run)
        .query(
            (row, n) -> {
              assertThat(row.getString("status")).as(row.getString("error")).isEqualTo(status);
              return JSON.readTree(row.getString("result"));
            })
        .single();
  }

  List<String> signals() {
    return jdbc.sql(
            """
            select type || ' ' || status || ' ' || occurrences from signals where project_id = :project
            order by type, created_at, status
            """)
        .param("project", account.project)
        .query(String.class)
        .list();
  }

  List<String> evidence() {
    return jdbc.sql(
            "select quote from signal_evidence where project_id = :project order by said_at, quote")
        .param("project", account.project)
        .query(String.class)
        .list();
  }
}
