package dev.threadmill.scheduler.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.SchedulerIT;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A project with its rows as the sync stores them, and the job that scores its contacts. */
abstract class HealthRuns extends SchedulerIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Autowired private RunRequests requests;
  @Autowired private RunHistory history;
  @Autowired private Sources sources;

  UUID project;
  Source source;
  private long number;

  @BeforeEach
  void a_project() {
    project = newProject();
    source = sources.bind(project, URI.create("https://" + project + ".example.com"), 1);
    number = 0;
  }

  JobRun run() {
    UUID id =
        requests
            .request(
                new RunRequest(project, JobType.HEALTH_SCORING, RunTrigger.MANUAL, "Ada", Map.of()))
            .runId();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> history.find(project, id).orElseThrow().status().finished());
    return history.find(project, id).orElseThrow();
  }

  JsonNode ran() {
    JobRun run = run();
    assertThat(run.status()).as("%s", run).isEqualTo(RunStatus.OK);
    return run.result();
  }

  String contact(long id) {
    String contact = "cwc:" + project + ":1:" + id;
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
            values (:id, :p, :s, 1, :number, '{}') on conflict do nothing
            """)
        .param("id", contact)
        .param("p", project)
        .param("s", source.id())
        .param("number", id)
        .update();
    return contact;
  }

  String conversation(String contact, String status) {
    long id = ++number;
    String conversation = "cw:" + project + ":1:" + id;
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
              contact_global_id, created_at, last_activity_at, data)
            values (:id, :p, :s, 1, :number, :status, :contact, now(), now(), '{}')
            """)
        .param("id", conversation)
        .param("p", project)
        .param("s", source.id())
        .param("number", id)
        .param("status", status)
        .param("contact", contact)
        .update();
    return conversation;
  }

  String message(String conversation, String type, String ago) {
    return message(conversation, type, ago, "text", "{}");
  }

  String message(String conversation, String type, String ago, String contentType, String data) {
    long id = ++number;
    String message = "cwmsg:" + project + ":1:" + id;
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content_type,
              private, created_at, data)
            values (:id, :p, :conversation, :number, :type, :content, false, now() - :ago::interval, :data::jsonb)
            """)
        .param("id", message)
        .param("p", project)
        .param("conversation", conversation)
        .param("number", id)
        .param("type", type)
        .param("content", contentType)
        .param("ago", ago)
        .param("data", data)
        .update();
    return message;
  }

  UUID signal(String conversation, String type, int severity, String status, String ago) {
    return jdbc.sql(
            """
            insert into signals (project_id, conversation_global_id, type, status, severity, confidence, basis,
              first_seen_at, last_seen_at, occurrences)
            values (:p, :conversation, :type, :status, :severity, 0.9, '{}', now() - :ago::interval,
              now() - :ago::interval, 1) returning id
            """)
        .param("p", project)
        .param("conversation", conversation)
        .param("type", type)
        .param("severity", severity)
        .param("status", status)
        .param("ago", ago)
        .query(UUID.class)
        .single();
  }

  /** A conversation in which the team answered at once. */
  String fine(String contact) {
    String conversation = conversation(contact, "open");
    message(conversation, "incoming", "2 days");
    message(conversation, "outgoing", "47 hours");
    return conversation;
  }

  Integer score(String contact) {
    return jdbc.sql("select score from health_scores where contact_global_id = :c")
        .param("c", contact)
        .query(Integer.class)
        .optional()
        .orElse(null);
  }

  JsonNode factor(String contact, String name) {
    String factors =
        jdbc.sql("select factors from health_scores where contact_global_id = :c")
            .param("c", contact)
            .query(String.class)
            .single();
    return JSON.readTree(factors)
        .valueStream()
        .filter(factor -> factor.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + factors));
  }

  long count(String what) {
    return jdbc.sql("select count(*) from " + what + " where project_id = :p")
        .param("p", project)
        .query(Long.class)
        .single();
  }

  void makeDue(String contact) {
    jdbc.sql("update health_due set due_at = now() where contact_global_id = :c")
        .param("c", contact)
        .update();
  }

  /** What the sums are that triggers keep, against what adding up gives. */
  void requireSums() {
    String sums =
        "select contacts || ' ' || score_sum || ' ' || healthy || ' ' || watch || ' ' || at_risk || ' ' || critical"
            + " from health_projects where project_id = :p";
    String added =
        """
        select count(*) || ' ' || coalesce(sum(score), 0) || ' ' || count(*) filter (where score >= 75) || ' '
          || count(*) filter (where score between 50 and 74) || ' ' || count(*) filter (where score between 25 and 49)
          || ' ' || count(*) filter (where score < 25)
        from health_scores where project_id = :p and active
        """;
    assertThat(jdbc.sql(sums).param("p", project).query(String.class).single())
        .isEqualTo(jdbc.sql(added).param("p", project).query(String.class).single());
  }

  void override(String contact, String expires) {
    jdbc.sql(
            """
            insert into health_overrides (contact_global_id, project_id, score, reason, set_by, expires_at)
            values (:c, :p, 10, 'said so', 'Ada', now() + :expires::interval)
            """)
        .param("c", contact)
        .param("p", project)
        .param("expires", expires)
        .update();
  }
}
