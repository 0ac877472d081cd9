package dev.threadmill.core.campaign;

import dev.threadmill.core.database.Columns;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What becomes of a campaign's members, in {@code campaign_members} and {@code outbound_messages}:
 * the job and people do the same to them.
 */
@Repository
public final class CampaignProgress {
  private final JdbcClient jdbc;

  public CampaignProgress(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * These contacts get nothing more: what is not on its way is cancelled. Call it in a transaction.
   *
   * @param campaign null: of no campaign
   * @return how many members were stopped
   */
  public int stop(
      UUID project, @Nullable UUID campaign, Collection<String> contacts, MemberStop reason) {
    if (contacts.isEmpty()) {
      return 0;
    }
    jdbc.sql(
            """
            update outbound_messages set state = 'cancelled', reason = :reason, updated_at = now()
            where project_id = :project and contact_global_id = any (:contacts::text[])
              and (:campaign::uuid is null or campaign_id = :campaign::uuid) and state in ('waiting', 'ready')
            """)
        .param("project", project)
        .param("campaign", campaign)
        .param("contacts", Columns.texts(contacts))
        .param("reason", reason.wireName())
        .update();
    return jdbc.sql(
            """
            update campaign_members
            set state = 'stopped', stop_reason = :reason, due_at = null, ended_at = now()
            where project_id = :project and contact_global_id = any (:contacts::text[])
              and (:campaign::uuid is null or campaign_id = :campaign::uuid) and state = 'active'
            """)
        .param("project", project)
        .param("campaign", campaign)
        .param("contacts", Columns.texts(contacts))
        .param("reason", reason.wireName())
        .update();
  }

  /**
   * A message is done with; its member's next step is due so many days from now, if there is one.
   */
  public void stepDone(UUID message) {
    jdbc.sql(
            """
            update campaign_members m
            set due_at = now() + make_interval(days => o.days_to_next),
              state = case when o.days_to_next is null then 'finished' else 'active' end,
              ended_at = case when o.days_to_next is null then now() end
            from outbound_messages o
            where o.id = :id and m.campaign_id = o.campaign_id and m.contact_global_id = o.contact_global_id
              and m.state = 'active' and m.next_step = o.step + 1 and m.due_at is null
            """)
        .param("id", message)
        .update();
  }

  /** The member whose message this is gets nothing more. */
  public void stopMember(UUID message, MemberStop reason) {
    jdbc.sql(
            """
            update campaign_members m
            set state = 'stopped', stop_reason = :reason, due_at = null, ended_at = now()
            from outbound_messages o
            where o.id = :id and m.campaign_id = o.campaign_id and m.contact_global_id = o.contact_global_id
              and m.state = 'active'
            """)
        .param("reason", reason.wireName())
        .param("id", message)
        .update();
  }
}
