package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code project_sources}. */
@Repository
public final class Sources {
  private final JdbcClient jdbc;

  public Sources(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The sources of a project, oldest first. */
  public List<Source> ofProject(UUID projectId) {
    return jdbc.sql(
            """
            select id, project_id, base_url, external_id from project_sources
            where project_id = :project order by created_at, id
            """)
        .param("project", projectId)
        .query(Sources::row)
        .list();
  }

  public Optional<Source> find(UUID id) {
    return jdbc.sql(
            "select id, project_id, base_url, external_id from project_sources where id = :id")
        .param("id", id)
        .query(Sources::row)
        .optional();
  }

  /** The source that reads an account of a server. */
  public Optional<Source> find(URI baseUrl, long accountId) {
    return jdbc.sql(
            """
            select id, project_id, base_url, external_id from project_sources
            where source_kind = 'chatwoot' and base_url = :base_url and external_id = :account
            """)
        .param("base_url", baseUrl.toString())
        .param("account", Long.toString(accountId))
        .query(Sources::row)
        .optional();
  }

  /**
   * Binds an account to the oldest project when that has no source yet; does nothing when it has
   * one, or when the account already feeds another project.
   *
   * @return whether a source was bound by this call
   */
  public boolean bindFirst(URI baseUrl, long accountId) {
    return jdbc.sql(
                """
                insert into project_sources (project_id, source_kind, base_url, external_id)
                select p.id, 'chatwoot', :base_url, :account
                from (select id from projects where archived_at is null order by created_at, id limit 1) p
                where not exists (select from project_sources s where s.project_id = p.id)
                on conflict do nothing
                """)
            .param("base_url", baseUrl.toString())
            .param("account", Long.toString(accountId))
            .update()
        == 1;
  }

  private static Source row(ResultSet row, int number) throws SQLException {
    return new Source(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        URI.create(row.getString("base_url")),
        Long.parseLong(row.getString("external_id")));
  }
}
