package dev.threadmill.gateway.contacts;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.contacts.ContactsQuery.Filter;
import dev.threadmill.gateway.contacts.ContactsQuery.Place;
import dev.threadmill.gateway.page.GlobalId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code cw_contacts}; those that are gone, or whose source is, do not appear. */
@Repository
class Contacts {
  private static final String COLUMNS =
      """
      global_id, contact_id, source_id, name, email, phone_number, identifier, blocked, created_at, last_activity_at,
      data -> 'custom_attributes' as custom_attributes
      """;

  private final JdbcClient jdbc;

  Contacts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The latest numbers first, at most {@code limit}. */
  List<ContactView> list(UUID projectId, Filter filter, int limit, ChatwootLinks links) {
    Place after = filter.after();
    return jdbc.sql(
            """
            select %s from cw_contacts
            where project_id = :project and deleted_at is null
              and source_id = any (array(select id from project_sources where project_id = :project and removed_at is null))
              and (:email::text is null or lower(left(email, 255)) = lower(:email))
              and (:phone::text is null or left(phone_number, 255) = :phone)
              and (:identifier::text is null or left(identifier, 255) = :identifier)
              and (:blocked::boolean is null or blocked = :blocked)
              and (:from::timestamptz is null or last_activity_at >= :from)
              and (:to::timestamptz is null or last_activity_at < :to)
              and (:after_number::bigint is null or (contact_id, global_id) < (:after_number, :after_id::text))
            order by contact_id desc, global_id desc limit :limit
            """
                .formatted(COLUMNS))
        .param("project", projectId)
        .param("email", filter.email())
        .param("phone", filter.phone())
        .param("identifier", filter.identifier())
        .param("blocked", filter.blocked())
        .param("from", Columns.parameter(filter.from()))
        .param("to", Columns.parameter(filter.to()))
        .param("after_number", after == null ? null : after.contactId())
        .param("after_id", after == null ? null : after.globalId())
        .param("limit", limit)
        .query((row, number) -> view(row, links))
        .list();
  }

  /** The contacts of this id: none, one, or one of each account of the project. */
  List<ContactView> find(UUID projectId, GlobalId id, ChatwootLinks links) {
    return jdbc.sql(
            """
            select %s from cw_contacts
            where project_id = :project and deleted_at is null
              and source_id = any (array(select id from project_sources where project_id = :project and removed_at is null))
              and (:id::text is null or global_id = :id) and (:number::bigint is null or contact_id = :number)
            """
                .formatted(COLUMNS))
        .param("project", projectId)
        .param("id", id.text())
        .param("number", id.number())
        .query((row, number) -> view(row, links))
        .list();
  }

  private static ContactView view(ResultSet row, ChatwootLinks links) throws SQLException {
    UUID source = Columns.uuid(row, "source_id");
    long id = row.getLong("contact_id");
    return new ContactView(
        row.getString("global_id"),
        id,
        source,
        row.getString("name"),
        row.getString("email"),
        row.getString("phone_number"),
        row.getString("identifier"),
        row.getBoolean("blocked"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "last_activity_at"),
        Columns.json(row, "custom_attributes"),
        links.contact(source, id));
  }
}
