package dev.threadmill.gateway.audit;

import dev.threadmill.core.database.Columns;
import jakarta.servlet.ServletRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code audit_log}, to which rows are only ever added. */
@Repository
public class AuditLog {
  private static final String CHANGED = AuditLog.class.getName() + ".CHANGED";

  private final JdbcClient jdbc;
  private final JsonMapper json;

  AuditLog(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * Notes a change. Must be called in the transaction of the change, so that there is never one
   * without the other. Once it is committed, the request that it belongs to has {@link #changed
   * changed} something.
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
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request != null) {
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              request.setAttribute(CHANGED, true, RequestAttributes.SCOPE_REQUEST);
            }
          });
    }
  }

  /** Whether a change that this request asked for was made, whatever it is answered. */
  public static boolean changed(ServletRequest request) {
    return request.getAttribute(CHANGED) != null;
  }

  /**
   * The newest first.
   *
   * @param projectId null: of all projects, and what concerns none
   * @param before only entries with a smaller id
   */
  List<AuditEntry> list(@Nullable UUID projectId, long before, int limit) {
    return jdbc.sql(
            """
            select id, at, project_id, token_id, token_name, action, object, before, after, address, request_id
            from audit_log where (:project::uuid is null or project_id = :project::uuid) and id < :before
            order by id desc limit :limit
            """)
        .param("project", projectId)
        .param("before", before)
        .param("limit", limit)
        .query(this::entry)
        .list();
  }

  private AuditEntry entry(ResultSet row, int number) throws SQLException {
    return new AuditEntry(
        row.getLong("id"),
        Columns.requiredInstant(row, "at"),
        row.getObject("project_id", UUID.class),
        row.getObject("token_id", UUID.class),
        row.getString("token_name"),
        row.getString("action"),
        row.getString("object"),
        node(row.getString("before")),
        node(row.getString("after")),
        row.getString("address"),
        row.getString("request_id"));
  }

  private @Nullable JsonNode node(@Nullable String text) {
    return text == null ? null : json.readTree(text);
  }

  private @Nullable String text(@Nullable Map<String, ?> fields) {
    return fields == null ? null : json.writeValueAsString(fields);
  }
}
