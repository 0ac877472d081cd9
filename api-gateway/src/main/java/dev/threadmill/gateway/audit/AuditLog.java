package dev.threadmill.gateway.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code audit_log}, to which rows are only ever added. */
@Repository
public class AuditLog {
  private final JdbcClient jdbc;
  private final JsonMapper json;

  AuditLog(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * Notes a change. Must be called in the transaction of the change, so that there is never one
   * without the other.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void write(Actor actor, Change change) {
    jdbc.sql(
            """
            insert into audit_log (project_id, token_id, token_name, action, object, before, after, address, request_id)
            values (:project::uuid, :token::uuid, :name, :action, :object, :before::jsonb, :after::jsonb, :address,
              :request)
            """)
        .param("project", change.projectId())
        .param("token", actor.caller().tokenId())
        .param("name", actor.caller().name())
        .param("action", change.action())
        .param("object", change.object())
        .param("before", text(change.before()))
        .param("after", text(change.after()))
        .param("address", actor.address())
        .param("request", actor.requestId())
        .update();
  }

  private @Nullable String text(@Nullable Map<String, ?> fields) {
    return fields == null ? null : json.writeValueAsString(fields);
  }
}
