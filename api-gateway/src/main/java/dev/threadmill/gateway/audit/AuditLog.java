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
  private static final int MOST_LOOKED_AT = 2000;
  private static final String CHANGED = AuditLog.class.getName() + ".CHANGED";
  private static final String WITH_EACH_CHANGE = AuditLog.class.getName() + ".WITH_EACH_CHANGE";

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
      if (request.getAttribute(WITH_EACH_CHANGE, RequestAttributes.SCOPE_REQUEST)
          instanceof Runnable more) {
        more.run();
      }
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              request.setAttribute(CHANGED, true, RequestAttributes.SCOPE_REQUEST);
            }
          });
    }
  }

  /**
   * What is to be written in the same transaction as each change that this request asks for; where
   * it throws, the change is not made.
   */
  public static void withEachChange(ServletRequest request, Runnable more) {
    request.setAttribute(WITH_EACH_CHANGE, more);
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

  /**
   * Which entries are looked for.
   *
   * @param action how the action begins; empty: any
   * @param by the token's name; empty: any
   */
  public record Filter(String action, String by) {}

  /**
   * Some of the newest, of those that pass a filter.
   *
   * @param before for the next page; null on the last
   */
  public record Found(List<AuditEntry> items, @Nullable Long before) {}

  /**
   * Like the list, but for people who look for something: at most so many entries are looked at for
   * one page, so that a filter that few pass costs no more. Such a page may have no items and yet
   * not be the last.
   *
   * @param projectId null: of all projects, and what concerns none
   * @param before only entries with a smaller id
   */
  public Found find(@Nullable UUID projectId, Filter filter, long before, int limit) {
    record Edge(long last, int looked) {}
    Edge edge =
        jdbc.sql(
                """
                select coalesce(min(id), 0) as last, count(*)::int as looked from (
                  select id from audit_log
                  where (:project::uuid is null or project_id = :project::uuid) and id < :before
                  order by id desc limit :most) l
                """)
            .param("project", projectId)
            .param("before", before)
            .param("most", MOST_LOOKED_AT)
            .query((row, number) -> new Edge(row.getLong("last"), row.getInt("looked")))
            .single();
    List<AuditEntry> items =
        jdbc.sql(
                """
                select id, at, project_id, token_id, token_name, action, object, before, after, address, request_id
                from audit_log where (:project::uuid is null or project_id = :project::uuid)
                  and id < :before and id >= :last
                  and starts_with(action, :action) and (:by = '' or token_name = :by)
                order by id desc limit :limit
                """)
            .param("project", projectId)
            .param("before", before)
            .param("last", edge.last())
            .param("action", filter.action())
            .param("by", filter.by())
            .param("limit", limit)
            .query(this::entry)
            .list();
    if (items.size() == limit) {
      return new Found(items, items.getLast().id());
    }
    return new Found(items, edge.looked() < MOST_LOOKED_AT ? null : edge.last());
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
