package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code health_due}: the contacts to look at, and when. Triggers write to it, too. */
@Repository
class DueContacts {
  private static final long LONGEST_WAIT = 86_400;

  private final JdbcClient jdbc;

  DueContacts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A contact to look at.
   *
   * @param changeNo tells whether something changed since it was read
   * @param failures how often in a row the look at it failed
   */
  record Due(String contactId, long changeNo, int failures) {}

  /**
   * When to look again.
   *
   * @param nextAt in seconds since 1970; null: when something changes
   */
  record Looked(Due due, @Nullable Long nextAt) {}

  /** These contacts are due now; those that are not stored are passed over. */
  void add(Collection<String> contacts) {
    if (contacts.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into health_due as d (contact_global_id, project_id, due_at)
            select global_id, project_id, now() from cw_contacts where global_id = any (:ids::text[])
            order by global_id
            on conflict (contact_global_id) do update
            set change_no = d.change_no + 1, due_at = least(d.due_at, excluded.due_at), failures = 0
            """)
        .param("ids", Columns.texts(contacts))
        .update();
  }

  /** Those whose scores were made with other weights or another formula, so many at the most. */
  int addOutdated(UUID project, int formula, int settingsNo, int limit) {
    return jdbc.sql(
            """
            insert into health_due as d (contact_global_id, project_id, due_at)
            select contact_global_id, project_id, now() from (
              select contact_global_id, project_id from health_scores s
              where project_id = :project and (formula, settings_no) < (:formula, :settings)
                -- Not again those that wait for it already.
                and not exists (
                  select from health_due q where q.contact_global_id = s.contact_global_id
                    and (q.due_at <= now() or q.failures > 0))
              order by formula, settings_no limit :limit) as outdated
            order by contact_global_id
            on conflict (contact_global_id) do update set change_no = d.change_no + 1, due_at = now()
            """)
        .param("project", project)
        .param("formula", formula)
        .param("settings", settingsNo)
        .param("limit", limit)
        .update();
  }

  /** What is due in a project, what waits longest first. Read it before anything about them. */
  List<Due> next(UUID project, int limit) {
    return jdbc.sql(
            """
            select contact_global_id, change_no, failures from health_due
            where project_id = :project and due_at <= now()
            order by due_at, contact_global_id limit :limit
            """)
        .param("project", project)
        .param("limit", limit)
        .query(
            (row, number) ->
                new Due(
                    row.getString("contact_global_id"),
                    row.getLong("change_no"),
                    row.getInt("failures")))
        .list();
  }

  /** Locks these for the rest of the transaction, in the order in which triggers write them. */
  void lock(Collection<String> contacts) {
    jdbc.sql(
            """
            select contact_global_id from health_due where contact_global_id = any (:ids::text[])
            order by contact_global_id for no key update
            """)
        .param("ids", Columns.texts(contacts))
        .query(String.class)
        .list();
  }

  /**
   * These were looked at; what changed meanwhile stays due. Call it in the transaction that writes
   * what came of it.
   */
  void looked(List<Looked> looked) {
    String[] ids = Columns.texts(looked.stream().map(one -> one.due().contactId()).toList());
    String[] numbers = Columns.texts(looked.stream().map(one -> one.due().changeNo()).toList());
    String[] times =
        Columns.textsOrNulls(
            looked, one -> one.nextAt() == null ? null : Instant.ofEpochSecond(one.nextAt()));
    jdbc.sql(
            """
            update health_due d set due_at = n.at::timestamptz, failures = 0
            from unnest(:ids::text[], :numbers::bigint[], :times::text[]) as n (id, change_no, at)
            where d.contact_global_id = n.id and d.change_no = n.change_no and n.at is not null
            """)
        .param("ids", ids)
        .param("numbers", numbers)
        .param("times", times)
        .update();
    jdbc.sql(
            """
            delete from health_due d
            using unnest(:ids::text[], :numbers::bigint[], :times::text[]) as n (id, change_no, at)
            where d.contact_global_id = n.id and d.change_no = n.change_no and n.at is null
            """)
        .param("ids", ids)
        .param("numbers", numbers)
        .param("times", times)
        .update();
  }

  /**
   * The look failed: it is due again after a minute, twice as long after each further failure, a
   * day at the most, or when something changes.
   */
  void setAside(Due failed) {
    jdbc.sql(
            """
            update health_due set failures = failures + 1, due_at = now() + make_interval(secs => :seconds)
            where contact_global_id = :id and change_no = :number
            """)
        .param("seconds", Math.min(LONGEST_WAIT, 60L << Math.min(failed.failures(), 20)))
        .param("id", failed.contactId())
        .param("number", failed.changeNo())
        .update();
  }
}
