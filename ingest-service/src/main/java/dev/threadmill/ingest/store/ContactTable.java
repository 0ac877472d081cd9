package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.store.Rows.Row;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code cw_contacts}. */
@Repository
public class ContactTable {
  private final JdbcClient jdbc;

  ContactTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The database's clock, the one by which answers about contacts are put in order. */
  public Instant now() {
    return jdbc.sql("select clock_timestamp() as now")
        .query((row, number) -> Columns.requiredInstant(row, "now"))
        .single();
  }

  /**
   * Stores contacts; rows that would not change are not touched. Payloads differ in how much they
   * show, so what one leaves out stays as it was. One that was gone may be shown by what was read
   * before it went, so it is asked for again.
   *
   * <p>Contacts have no time that rises with each change. So what was asked for earlier than what
   * is stored is left out: a row shows a state that is at least as new as the latest question it
   * stands for, whoever asked, in whichever order the answers came.
   *
   * @param askedAt by {@link #now}, before the request was sent; null: not known
   * @return how many are new or changed
   */
  public int upsert(Source source, Collection<ContactPayload> contacts, @Nullable Instant askedAt) {
    // Sorted, so that two transactions lock shared contacts in the same order.
    SortedMap<Long, ContactPayload> byId = new TreeMap<>();
    contacts.forEach(contact -> byId.put(contact.id(), contact));
    if (byId.isEmpty()) {
      return 0;
    }
    return jdbc.sql(
            """
            with incoming as (
              select * from json_to_recordset(:rows::json) as r(
                global_id text, contact_id bigint, name text, email text, phone_number text, identifier text,
                blocked boolean, created_at timestamptz, last_activity_at timestamptz, data jsonb)),
            different as (
              select i.* from incoming i
              left join lateral (
                select global_id, deleted_at, seen_at, data from cw_contacts where global_id = i.global_id offset 0) c on true
              where c.global_id is null or c.deleted_at is not null
                 or (c.data || i.data <> c.data
                     and coalesce(c.seen_at <= :asked_at::timestamptz, true)))
            insert into cw_contacts as c
              (global_id, project_id, source_id, account_id, contact_id, name, email, phone_number, identifier,
               blocked, created_at, last_activity_at, data, seen_at)
            select global_id, :project, :source, :account, contact_id, name, email, phone_number, identifier,
                   blocked, created_at, last_activity_at, data, :asked_at::timestamptz
            from different order by global_id
            on conflict (global_id) do update
            set name = excluded.name, email = excluded.email, phone_number = excluded.phone_number,
                identifier = excluded.identifier, blocked = excluded.blocked,
                created_at = coalesce(excluded.created_at, c.created_at),
                last_activity_at = coalesce(excluded.last_activity_at, c.last_activity_at),
                data = c.data || excluded.data, deleted_at = null, changed_at = now(),
                seen_at = greatest(c.seen_at, excluded.seen_at),
                recheck_at = case when c.deleted_at is null then c.recheck_at else now() end
            where c.deleted_at is not null or coalesce(c.seen_at <= excluded.seen_at, true)
            """)
        .param("rows", Rows.of(byId.values(), contact -> row(source, contact)))
        .param("asked_at", Columns.parameter(askedAt))
        .param("project", source.projectId())
        .param("source", source.id())
        .param("account", source.accountId())
        .update();
  }

  /** How many of these contacts are stored and not gone, or were erased on request. */
  public int known(Source source, Collection<ContactPayload> contacts) {
    return jdbc.sql(
            """
            select count(*) from json_array_elements_text(:ids::json) as g(id)
            cross join lateral (
              select 1 from cw_contacts where global_id = g.id and deleted_at is null
              union all select 1 from erased_things where source_id = :source and global_id = g.id
              limit 1) c
            """)
        .param("source", source.id())
        .param(
            "ids",
            Rows.ofTexts(
                contacts.stream().map(c -> GlobalIds.contact(source, c.id())).distinct().toList()))
        .query(Integer.class)
        .single();
  }

  /**
   * How many of the stored contacts Chatwoot's list shows, which leaves anonymous visitors out;
   * with those that were erased on request.
   */
  public long countListed(Source source) {
    return jdbc.sql(
            """
            select (select count(*) from cw_contacts
                    where project_id = :project and source_id = :source and deleted_at is null
                      and (email is not null or phone_number is not null or identifier is not null))
              + (select count(*) from erased_things where source_id = :source and kind = 'contact' and counted)
            """)
        .param("project", source.projectId())
        .param("source", source.id())
        .query(Long.class)
        .single();
  }

  /** The same of those with higher ids than one, without those that were erased. */
  public long countListedAbove(Source source, long id) {
    return jdbc.sql(
            """
            select count(*) from cw_contacts
            where source_id = :source and deleted_at is null and contact_id > :id
              and (email is not null or phone_number is not null or identifier is not null)
            """)
        .param("source", source.id())
        .param("id", id)
        .query(Long.class)
        .single();
  }

  /** The highest contact id that is stored; zero for none. */
  public long highest(Source source) {
    return jdbc.sql(
            """
            select coalesce(max(contact_id), 0) from cw_contacts
            where source_id = :source and deleted_at is null
            """)
        .param("source", source.id())
        .query(Long.class)
        .single();
  }

  public long countPresent(Source source) {
    return jdbc.sql(
            """
            select count(*) from cw_contacts
            where project_id = :project and source_id = :source and deleted_at is null
            """)
        .param("project", source.projectId())
        .param("source", source.id())
        .query(Long.class)
        .single();
  }

  /** The ids of stored contacts above one, rising. */
  public List<Long> present(Source source, long above, int limit) {
    return jdbc.sql(
            """
            select contact_id from cw_contacts
            where source_id = :source and deleted_at is null and contact_id > :above
            order by contact_id limit :limit
            """)
        .param("source", source.id())
        .param("above", above)
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  /** Erases a contact that is gone there; the row stays. True when it was not known to be gone. */
  public boolean erase(Source source, long contactId) {
    return jdbc.sql(
                """
                update cw_contacts
                set deleted_at = now(), changed_at = now(), recheck_at = null, name = null, email = null,
                    phone_number = null, identifier = null, blocked = false, data = '{}'
                where global_id = :id and deleted_at is null
                """)
            .param("id", GlobalIds.contact(source, contactId))
            .update()
        == 1;
  }

  private static Row row(Source source, ContactPayload contact) {
    return new Row()
        .with("global_id", GlobalIds.contact(source, contact.id()))
        .with("contact_id", contact.id())
        .with("name", contact.name())
        .with("email", contact.email())
        .with("phone_number", contact.phoneNumber())
        .with("identifier", contact.identifier())
        .with("blocked", contact.blocked())
        .with("created_at", contact.createdAt())
        .with("last_activity_at", contact.lastActivityAt())
        .with("data", contact.data());
  }
}
