package dev.threadmill.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.core.tick.Tick;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.core.tick.TickRequests;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * One scheduler on a fresh database and the shared broker. Its clock is an hour off, which must not
 * matter; its timer is so slow that only ticks by hand count. Runs of {@code embeddings_run} are
 * worked here, those of {@code chatwoot_sync} by nobody.
 */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "SCHEDULER_TICK_SECONDS=3600",
      "EMBED_DAILY_USD_PER_PROJECT=1000",
      "KAFKA_TOPIC_PARTITIONS=2",
      "THREADMILL_SECRET_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
      "CAMPAIGN_SEND_ENABLED=true",
      "CAMPAIGN_REQUESTS_PER_MINUTE=100000"
    })
@Import(SchedulerIT.Parts.class)
public abstract class SchedulerIT {
  @Autowired protected JdbcClient jdbc;
  @Autowired protected Embeddings embeddings;
  @Autowired private TickLog tickLog;
  @Autowired private TickRequests tickRequests;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Database database = TestServers.shared().createDatabase();
    for (String name : List.of("SPRING_DATASOURCE_", "spring.datasource.")) {
      boolean upper = name.endsWith("_");
      registry.add(name + (upper ? "URL" : "url"), database::jdbcUrl);
      registry.add(name + (upper ? "USERNAME" : "username"), database::username);
      registry.add(name + (upper ? "PASSWORD" : "password"), database::password);
    }
    registry.add("SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared()::bootstrapServers);
    registry.add("spring.kafka.bootstrap-servers", TestServers.shared()::bootstrapServers);
  }

  /** Embeds nothing, but for the projects that are told to fail. */
  public static final class Embeddings implements JobHandler {
    public final Set<UUID> failing = ConcurrentHashMap.newKeySet();
    public volatile String errorClass = "malformed";

    @Override
    public JobType jobType() {
      return JobType.EMBEDDINGS_RUN;
    }

    @Override
    public Outcome run(RunContext context) {
      return failing.contains(context.run().projectId())
          ? Outcome.giveUp(errorClass, "the key is refused; set OPENAI_API_KEY")
          : Outcome.done(1, Map.of());
    }
  }

  static class Parts {
    @Bean
    Embeddings embeddings() {
      return new Embeddings();
    }

    @Bean
    Clock clock() {
      return Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    }
  }

  /** What the gateway does when somebody asks for a tick. */
  protected Tick byHand(UUID project, int maxDue) {
    Tick tick = tickLog.requestManual(project, maxDue);
    tickRequests.announce(tick);
    return tick;
  }

  protected UUID newProject() {
    return jdbc.sql("insert into projects (name) values (:name) returning id")
        .param("name", UUID.randomUUID().toString())
        .query(UUID.class)
        .single();
  }

  /** A schedule that was due so long ago, such as {@code 10 s}. */
  protected long due(UUID project, JobType job, int seconds, String ago) {
    return jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
            values (:project, :job, :seconds, now() - :ago::interval)
            on conflict (project_id, job_type) do update
            set cadence_seconds = excluded.cadence_seconds, next_run_at = excluded.next_run_at
            returning id
            """)
        .param("project", project)
        .param("job", job.wireName())
        .param("seconds", seconds)
        .param("ago", ago)
        .query(Long.class)
        .single();
  }

  protected <T> T of(long schedule, String column, Class<T> type) {
    return jdbc.sql("select " + column + " from scheduled_jobs where id = :id")
        .param("id", schedule)
        .query(type)
        .single();
  }

  /** Of the jobs that tests make due: the timer may seed a project's others at any time. */
  protected int runs(UUID project) {
    return jdbc.sql(
            """
            select count(*) from job_runs
            where project_id = :project and job_name in ('chatwoot_sync', 'embeddings_run')
            """)
        .param("project", project)
        .query(Integer.class)
        .single();
  }
}
