package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.MappedQuerySpec;
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
            where project_id = :project and removed_at is null order by created_at, id
            """)
        .param("project", projectId)
        .query(Sources::row)
        .list();
  }

  /** A source that is synced; empty when there is none, or its project is archived. */
  public Optional<Source> find(UUID id) {
    return jdbc.sql(
            """
            select s.id, s.project_id, s.base_url, s.external_id
            from project_sources s join projects p on p.id = s.project_id
            where s.id = :id and s.removed_at is null and p.archived_at is null
            """)
        .param("id", id)
        .query(Sources::row)
        .optional();
  }

  /** Whether a source is there and not being removed. */
  public boolean isThere(UUID id) {
    return jdbc.sql(
            "select exists (select from project_sources where id = :id and removed_at is null)")
        .param("id", id)
        .query(Boolean.class)
        .single();
  }

  /**
   * A source as people see it.
   *
   * @param ownToken whether it has a token of its own
   * @param signedWebhooks whether it has a secret that webhooks are signed with
   * @param unsignedWebhooks whether it takes webhooks without a signature
   */
  public record Details(
      Source source,
      boolean ownToken,
      boolean signedWebhooks,
      boolean unsignedWebhooks,
      Instant createdAt) {}

  /** The sources of a project, oldest first. */
  public List<Details> details(UUID projectId) {
    return details("project_id = :project", Map.of("project", projectId)).list();
  }

  public Optional<Details> details(UUID projectId, UUID id) {
    return details("project_id = :project and id = :id", Map.of("project", projectId, "id", id))
        .optional();
  }

  private MappedQuerySpec<Details> details(String which, Map<String, ?> parameters) {
    return jdbc.sql(
            """
            select id, project_id, base_url, external_id, credentials is not null as own_token,
              webhook_secret is not null as signed, webhook_unsigned, created_at
            from project_sources where %s and removed_at is null order by created_at, id
            """
                .formatted(which))
        .params(parameters)
        .query(
            (row, number) ->
                new Details(
                    row(row, number),
                    row.getBoolean("own_token"),
                    row.getBoolean("signed"),
                    row.getBoolean("webhook_unsigned"),
                    Columns.requiredInstant(row, "created_at")));
  }

  /**
   * Binds an account to a project. How far another one of its number was synced is forgotten, by a
   * trigger (V041): who binds need not own the watermarks.
   *
   * @param baseUrl in whatever spelling; it is stored in the normal one
   * @throws DuplicateKeyException when the account feeds a project already, or the project has an
   *     account of the same number
   */
  public Source bind(UUID projectId, URI baseUrl, long accountId) {
    return jdbc.sql(
            """
            insert into project_sources (project_id, source_kind, base_url, external_id)
            values (:project, 'chatwoot', :base_url, :account)
            returning id, project_id, base_url, external_id
            """)
        .param("project", projectId)
        .param("base_url", BaseAddress.normal(baseUrl).toString())
        .param("account", Long.toString(accountId))
        .query(Sources::row)
        .single();
  }

  /**
   * Whether the project has an account of this number, at whatever server; also one that is still
   * being erased.
   */
  public boolean hasNumber(UUID projectId, long accountId) {
    return jdbc.sql(
            """
            select exists (select from project_sources
                           where project_id = :project and source_kind = 'chatwoot' and external_id = :account)
            """)
        .param("project", projectId)
        .param("account", Long.toString(accountId))
        .query(Boolean.class)
        .single();
  }

  /** The source that reads an account of a server; also one that is still being erased. */
  public Optional<Source> find(URI baseUrl, long accountId) {
    return jdbc.sql(
            """
            select id, project_id, base_url, external_id from project_sources
            where source_kind = 'chatwoot' and base_url = :base_url and external_id = :account
            """)
        .param("base_url", BaseAddress.normal(baseUrl).toString())
        .param("account", Long.toString(accountId))
        .query(Sources::row)
        .optional();
  }

  /**
   * Binds an account to the oldest project when that has no source yet; does nothing when it has
   * one, when the account already feeds another project, or when it did so until somebody removed
   * it or deleted its project.
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
                  and not exists (select from withdrawn_accounts w
                                  where w.base_url = :base_url and w.external_id = :account)
                on conflict do nothing
                """)
            .param("base_url", BaseAddress.normal(baseUrl).toString())
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
