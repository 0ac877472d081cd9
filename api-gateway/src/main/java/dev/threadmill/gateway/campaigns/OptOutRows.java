package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.page.GlobalId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code campaign_opt_outs}. */
@Repository
public class OptOutRows {
  private final JdbcClient jdbc;

  OptOutRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A contact to whom no campaign writes. */
  public record OptOutView(
      String contactGlobalId, @Nullable String reason, String createdBy, Instant createdAt) {}

  /** In a list by creation. */
  record Place(Instant createdAt, String contact) {}

  /** The contacts of this id: none, one, or one of each account of the project; also those gone. */
  List<String> contacts(UUID project, GlobalId id) {
    return jdbc.sql(
            """
            select global_id from cw_contacts
            where project_id = :project and (:id::text is null or global_id = :id)
              and (:number::bigint is null or contact_id = :number)
            union
            select contact from campaign_opt_outs where project_id = :project and contact = :id::text
            union
            -- As its index has it.
            select contact from campaign_opt_outs
            where project_id = :project and split_part(contact, ':', 4) = (:number::bigint)::text
            limit 3
            """)
        .param("project", project)
        .param("id", id.text())
        .param("number", id.number())
        .query(String.class)
        .list();
  }

  /** False when it was there already. */
  boolean add(UUID project, String contact, @Nullable String reason, String by) {
    return jdbc.sql(
                """
                insert into campaign_opt_outs (project_id, contact, reason, created_by)
                values (:project, :contact, :reason, :by) on conflict do nothing
                """)
            .param("project", project)
            .param("contact", contact)
            .param("reason", reason)
            .param("by", by)
            .update()
        == 1;
  }

  boolean remove(UUID project, String contact) {
    return jdbc.sql(
                "delete from campaign_opt_outs where project_id = :project and contact = :contact")
            .param("project", project)
            .param("contact", contact)
            .update()
        == 1;
  }

  Optional<OptOutView> find(UUID project, String contact) {
    return jdbc.sql(
            """
            select contact, reason, created_by, created_at from campaign_opt_outs
            where project_id = :project and contact = :contact
            """)
        .param("project", project)
        .param("contact", contact)
        .query(OptOutRows::view)
        .optional();
  }

  /** The newest first. */
  List<OptOutView> list(UUID project, @Nullable Place after, int limit) {
    return jdbc.sql(
            """
            select contact, reason, created_by, created_at from campaign_opt_outs
            where project_id = :project
              and (:after::timestamptz is null or (created_at, contact) < (:after, :after_contact::text))
            order by created_at desc, contact desc limit :limit
            """)
        .param("project", project)
        .param("after", after == null ? null : Columns.parameter(after.createdAt()))
        .param("after_contact", after == null ? null : after.contact())
        .param("limit", limit)
        .query(OptOutRows::view)
        .list();
  }

  private static OptOutView view(ResultSet row, int number) throws SQLException {
    return new OptOutView(
        row.getString("contact"),
        row.getString("reason"),
        row.getString("created_by"),
        Columns.requiredInstant(row, "created_at"));
  }
}
