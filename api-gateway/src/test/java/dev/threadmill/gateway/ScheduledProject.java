package dev.threadmill.gateway;

import dev.threadmill.core.run.JobSetting;
import dev.threadmill.gateway.Caller.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** A project with a schedule of its sync, which tests change, run and ask about. */
abstract class ScheduledProject {
  static final String SYNC = "/jobs/scheduler/chatwoot_sync";

  @LocalServerPort int port;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;

  Rows rows;
  Caller caller;

  @BeforeEach
  void a_project_with_a_schedule() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
            values (:project, 'chatwoot_sync', 900, now() + interval '7 min')
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql("delete from job_workers").update();
  }

  Answer patch(Map<String, ?> body) {
    return caller.call("PATCH", SYNC, json.writeValueAsString(body));
  }

  void here(String job, JobSetting... settings) {
    jdbc.sql(
            """
            insert into job_workers (worker, job_type, settings) values ('a worker', :job, :settings::jsonb)
            on conflict (worker, job_type) do update set settings = excluded.settings, seen_at = now()
            """)
        .param("job", job)
        .param("settings", json.writeValueAsString(settings))
        .update();
  }

  void set(String columns) {
    jdbc.sql("update scheduled_jobs set " + columns + " where project_id = :project")
        .param("project", rows.project)
        .update();
  }

  Instant of(String column) {
    return jdbc.sql("select " + column + " from scheduled_jobs where project_id = :project")
        .param("project", rows.project)
        .query(java.time.OffsetDateTime.class)
        .single()
        .toInstant();
  }

  List<Map<String, Object>> audit() {
    return jdbc.sql(
            """
            select token_id, token_name, action, object, before::text as before, after::text as after, address, request_id
            from audit_log where project_id = :project order by id
            """)
        .param("project", rows.project)
        .query()
        .listOfRows();
  }
}
