package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code campaign_members}. */
@Repository
class MemberTable {
  /**
   * Whether the contact of member m wrote something since it was enrolled. A minute is left for
   * clocks that differ; what was said before and stored later has a time that tells.
   */
  static final String REPLIED =
      """
      exists (select from cw_conversations rv join cw_messages r on r.conversation_global_id = rv.global_id
              where rv.contact_global_id = m.contact_global_id and rv.project_id = m.project_id
                and r.message_id > m.known_message and r.message_type = 'incoming'
                and r.created_at >= m.enrolled_at - interval '1 minute')
      """;

  private final JdbcClient jdbc;

  MemberTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Contacts that are members already stay as they are. */
  int enrol(UUID project, UUID campaign, Collection<String> contacts, int days) {
    if (contacts.isEmpty()) {
      return 0;
    }
    return jdbc.sql(
            """
            insert into campaign_members (project_id, campaign_id, contact_global_id, due_at, known_message)
            select :project, :campaign, contact, now() + make_interval(days => :days),
              coalesce((select max(l.message_id)
                        from cw_conversations v cross join lateral (
                          select r.message_id from cw_messages r where r.conversation_global_id = v.global_id
                          order by r.message_id desc limit 1) l
                        where v.contact_global_id = contact and v.project_id = :project), 0)
            from unnest(:contacts::text[]) as contact
            -- A continuous campaign meets its members each day: no message is looked for then.
            where (select true from campaign_members m
                   where m.campaign_id = :campaign and m.contact_global_id = contact limit 1) is null
            on conflict do nothing
            """)
        .param("project", project)
        .param("campaign", campaign)
        .param("days", days)
        .param("contacts", Columns.texts(contacts))
        .update();
  }

  /**
   * A member whose next step is due.
   *
   * @param stop why it gets nothing more; null: it does
   */
  record Due(String contact, int step, @Nullable MemberStop stop) {}

  /** What waits longest first. */
  List<Due> due(UUID campaign, boolean stopOnReply, int limit) {
    return jdbc.sql(
            """
            select m.contact_global_id, m.next_step, :stop_on_reply and %s as replied,
              coalesce(c.blocked, false) as blocked, c.global_id is null or c.deleted_at is not null as gone,
              exists (select from campaign_opt_outs o
                      where o.project_id = m.project_id and o.contact = m.contact_global_id) as opted_out
            from campaign_members m left join cw_contacts c on c.global_id = m.contact_global_id
            where m.campaign_id = :campaign and m.due_at <= now()
            order by m.due_at, m.contact_global_id limit :limit
            """
                .formatted(REPLIED))
        .param("campaign", campaign)
        .param("stop_on_reply", stopOnReply)
        .param("limit", limit)
        .query(MemberTable::due)
        .list();
  }

  /** Its step can't be drafted now; it is tried again in an hour, behind the others. */
  void setAside(UUID campaign, String contact) {
    jdbc.sql(
            """
            update campaign_members set due_at = now() + interval '1 hour'
            where campaign_id = :campaign and contact_global_id = :contact and due_at is not null
            """)
        .param("campaign", campaign)
        .param("contact", contact)
        .update();
  }

  private static Due due(ResultSet row, int number) throws SQLException {
    MemberStop stop =
        row.getBoolean("opted_out")
            ? MemberStop.OPTED_OUT
            : row.getBoolean("gone")
                ? MemberStop.CONTACT_GONE
                : row.getBoolean("blocked")
                    ? MemberStop.BLOCKED
                    : row.getBoolean("replied") ? MemberStop.REPLIED : null;
    return new Due(row.getString("contact_global_id"), row.getInt("next_step"), stop);
  }

  /**
   * Active members that wrote something among what the sync stored lately; the others are met when
   * they are due. The time up to which this was looked at moves on.
   */
  List<String> replied(UUID project, UUID campaign, int limit) {
    // A value, not a column of the join: else the planner takes it for any time, and reads all
    // messages of the project for the few that are new. And these first: of members enrolled a
    // moment ago it knows nothing yet, and would begin with them and read all they ever wrote.
    Instant since =
        jdbc.sql(
                "select replies_to - interval '1 hour' as since from campaigns where id = :campaign")
            .param("campaign", campaign)
            .query((row, number) -> Optional.ofNullable(Columns.instant(row, "since")))
            .single()
            .orElse(Instant.now());
    List<String> contacts =
        jdbc.sql(
                """
                with said as materialized (
                  select v.contact_global_id, r.message_id, r.created_at
                  from cw_messages r join cw_conversations v on v.global_id = r.conversation_global_id
                  where r.project_id = :project and r.message_type = 'incoming' and r.deleted_at is null
                    and r.created_at >= :since)
                select distinct m.contact_global_id
                from said r
                  join campaign_members m on m.campaign_id = :campaign and m.contact_global_id = r.contact_global_id
                where m.state = 'active'
                  and r.message_id > m.known_message and r.created_at >= m.enrolled_at - interval '1 minute'
                limit :limit
                """)
            .param("project", project)
            .param("campaign", campaign)
            .param("since", Columns.parameter(since))
            .param("limit", limit)
            .query(String.class)
            .list();
    if (contacts.size() < limit) {
      jdbc.sql("update campaigns set replies_to = now() where id = :campaign and state = 'running'")
          .param("campaign", campaign)
          .update();
    }
    return contacts;
  }

  /** Members that are still active. */
  List<String> active(UUID campaign, int limit) {
    return jdbc.sql(
            """
            select contact_global_id from campaign_members
            where campaign_id = :campaign and state = 'active' order by id limit :limit
            """)
        .param("campaign", campaign)
        .param("limit", limit)
        .query(String.class)
        .list();
  }

  /**
   * Whether none of the active members can ever move on: nothing is due, and no message is open.
   * Theirs went when their conversations were erased.
   */
  boolean stuck(UUID campaign) {
    return jdbc.sql(
            """
            select exists (select from campaign_members where campaign_id = :campaign and state = 'active')
              and not exists (select from campaign_members where campaign_id = :campaign and due_at is not null)
              and not exists (select from outbound_messages
                              where campaign_id = :campaign and state in ('waiting', 'ready', 'sending', 'unknown'))
            """)
        .param("campaign", campaign)
        .query(Boolean.class)
        .single();
  }
}
