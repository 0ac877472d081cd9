package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.core.campaign.Recipient;
import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * {@code outbound_messages}, as what decides whether one may go out reads it. All of it in the
 * transaction that claims.
 */
@Repository
class GateTable {
  private final JdbcClient jdbc;

  GateTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One at a time counts a project's messages and claims one; whoever comes next counts that, too.
   */
  void lockCaps(UUID project) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:what, 0)) is null")
        .param("what", "campaign caps of " + project)
        .query(Boolean.class)
        .single();
  }

  /** Locks a message that is ready and due. */
  Optional<Candidate> lock(UUID id) {
    return jdbc.sql(
            """
            select o.id, o.project_id, o.campaign_id, o.contact_global_id, now() as now, c.state = 'running' as running,
              c.segment, c.steps, c.rules, p.time_zone, p.archived_at is not null as archived, v.conversation_id,
              v.global_id is null or v.deleted_at is not null
                or v.contact_global_id is distinct from o.contact_global_id as conversation_gone,
              k.global_id is null or k.deleted_at is not null or e.global_id is not null as contact_gone,
              s.id is null or s.removed_at is not null as source_gone,
              coalesce(k.blocked, false) as blocked, m.contact_global_id is null or m.state <> 'active' as over,
              exists (select from campaign_opt_outs t
                      where t.project_id = o.project_id and t.contact = o.contact_global_id) as opted_out,
              c.rules ->> 'stop_on_reply' = 'true' and %s as replied,
              -- Written to as a contact that was merged into this one; its conversations are this one's now.
              exists (select from cw_conversations w join outbound_messages x on x.conversation_global_id = w.global_id
                      where w.contact_global_id = o.contact_global_id and w.project_id = o.project_id
                        and x.campaign_id = o.campaign_id and x.step = o.step and x.id <> o.id and x.claimed_at is not null)
                as merged,
              k.data -> 'custom_attributes' as custom, k.data -> 'additional_attributes' as additional
            from outbound_messages o
              join campaigns c on c.id = o.campaign_id
              join projects p on p.id = o.project_id
              left join campaign_members m on m.campaign_id = o.campaign_id and m.contact_global_id = o.contact_global_id
              left join cw_contacts k on k.global_id = o.contact_global_id
              left join cw_conversations v on v.global_id = o.conversation_global_id
              left join project_sources s on s.id = v.source_id
              left join lateral (select t.global_id from erased_things t
                                 where t.source_id = s.id and t.global_id in (o.contact_global_id, o.conversation_global_id)
                                 limit 1) e on true
            where o.id = :id and o.state = 'ready' and o.due_at <= now()
            for update of o
            """
                .formatted(MemberTable.REPLIED))
        .param("id", id)
        .query(GateTable::row)
        .optional();
  }

  private static Candidate row(ResultSet row, int number) throws SQLException {
    String zone = row.getString("time_zone");
    return new Candidate(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        Columns.uuid(row, "campaign_id"),
        row.getString("contact_global_id"),
        row.getLong("conversation_id"),
        row.getBoolean("running"),
        stop(row),
        Recipient.zone(Columns.json(row, "custom"), Columns.json(row, "additional"), zone),
        Recipient.zone(
            JsonNodeFactory.instance.nullNode(), JsonNodeFactory.instance.nullNode(), zone),
        CampaignPlan.read(row.getString("segment"), row.getString("steps"), row.getString("rules"))
            .rules(),
        Columns.requiredInstant(row, "now"));
  }

  private static @Nullable MemberStop stop(ResultSet row) throws SQLException {
    if (row.getBoolean("opted_out")) {
      return MemberStop.OPTED_OUT;
    }
    if (row.getBoolean("source_gone") || row.getBoolean("archived")) {
      return MemberStop.SOURCE_GONE;
    }
    if (row.getBoolean("contact_gone")) {
      return MemberStop.CONTACT_GONE;
    }
    if (row.getBoolean("blocked")) {
      return MemberStop.BLOCKED;
    }
    if (row.getBoolean("conversation_gone")) {
      return MemberStop.CONVERSATION_GONE;
    }
    if (row.getBoolean("merged")) {
      return MemberStop.MERGED;
    }
    return row.getBoolean("replied")
        ? MemberStop.REPLIED
        : row.getBoolean("over") ? MemberStop.CAMPAIGN_COMPLETED : null;
  }

  /**
   * When a contact may get its next message: a week after the oldest of the last so many. What went
   * to those that were merged into it counts, by their conversations.
   *
   * @param dry whether messages that would have been sent count, too
   * @return null: at once
   */
  @Nullable Instant contactFree(Candidate candidate, boolean dry) {
    return jdbc.sql(
            """
            select claimed_at + interval '7 days' as free
            from (
              select id, claimed_at, state from outbound_messages
              where contact_global_id = :contact and project_id = :project and claimed_at > now() - interval '7 days'
              union
              select o.id, o.claimed_at, o.state
              from cw_conversations v join outbound_messages o on o.conversation_global_id = v.global_id
              where v.contact_global_id = :contact and v.project_id = :project and o.claimed_at > now() - interval '7 days'
              ) as claimed
            where id <> :id and (:dry or state <> 'would_send')
            order by claimed_at desc offset :skip limit 1
            """)
        .param("contact", candidate.contact())
        .param("project", candidate.projectId())
        .param("id", candidate.id())
        .param("dry", dry)
        .param("skip", candidate.rules().contactPerWeek() - 1)
        .query((row, number) -> Columns.requiredInstant(row, "free"))
        .optional()
        .orElse(null);
  }

  /** How many messages the project claimed after a time, up to its rule. */
  int claimedOfProject(Candidate candidate, boolean dry, Instant since) {
    return jdbc.sql(
            """
            select count(*) from (
              select from outbound_messages
              where project_id = :project and claimed_at > :since and (:dry or state <> 'would_send')
              limit :most) as claimed
            """)
        .param("project", candidate.projectId())
        .param("since", Columns.parameter(since))
        .param("dry", dry)
        .param("most", candidate.rules().projectPerWeek())
        .query(Integer.class)
        .single();
  }

  /** To how many contacts the campaign claimed a message after a time. */
  int contactsOfCampaign(Candidate candidate, boolean dry, Instant since) {
    return jdbc.sql(
            """
            select count(distinct contact_global_id) from outbound_messages
            where campaign_id = :campaign and claimed_at > :since and (:dry or state <> 'would_send')
            """)
        .param("campaign", candidate.campaignId())
        .param("since", Columns.parameter(since))
        .param("dry", dry)
        .query(Integer.class)
        .single();
  }

  /** Whether the contact is among those; it has as many messages as there are steps. */
  boolean wroteTo(Candidate candidate, boolean dry, Instant since) {
    return jdbc.sql(
            """
            select exists (
              select from outbound_messages
              where campaign_id = :campaign and contact_global_id = :contact and claimed_at > :since
                and (:dry or state <> 'would_send'))
            """)
        .param("campaign", candidate.campaignId())
        .param("contact", candidate.contact())
        .param("since", Columns.parameter(since))
        .param("dry", dry)
        .query(Boolean.class)
        .single();
  }
}
