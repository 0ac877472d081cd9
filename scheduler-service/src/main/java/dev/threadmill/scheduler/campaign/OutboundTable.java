package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code outbound_messages}: drafts, and what became of those that were sent. Each write
 * after a claim says {@code where fence = ?}; zero rows mean that the message is somebody else's
 * now.
 */
@Repository
class OutboundTable {
  private final JdbcClient jdbc;

  OutboundTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A text for a member. */
  record Draft(String contact, String conversation, String text) {}

  /**
   * Drafts one step for some members and moves them on, where it is still their next one and the
   * campaign still runs.
   *
   * @param approved false: each waits for a person
   * @param daysToNext until the step after it; null: it is the last
   * @return how many were drafted
   */
  int draft(
      UUID campaign, int step, List<Draft> drafts, boolean approved, @Nullable Integer daysToNext) {
    return jdbc.sql(
            """
            with d as (
              select * from unnest(:contacts::text[], :conversations::text[], :texts::text[]) as d (contact, conversation, text)),
            moved as (
              update campaign_members m set next_step = m.next_step + 1, due_at = null
              from d, campaigns c
              where m.campaign_id = :campaign and m.contact_global_id = d.contact and m.state = 'active'
                and m.next_step = :step and m.due_at is not null
                and c.id = m.campaign_id and c.state = 'running'
              returning m.project_id, m.campaign_id, m.contact_global_id)
            insert into outbound_messages (project_id, campaign_id, contact_global_id, conversation_global_id, step, channel,
              text, state, days_to_next)
            select moved.project_id, moved.campaign_id, moved.contact_global_id, d.conversation, :step, 'chatwoot', d.text,
              case when :approved then 'ready' else 'waiting' end, :days::integer
            from moved join d on d.contact = moved.contact_global_id
            """)
        .param("campaign", campaign)
        .param("step", step)
        .param("contacts", Columns.texts(drafts.stream().map(Draft::contact).toList()))
        .param("conversations", Columns.texts(drafts.stream().map(Draft::conversation).toList()))
        .param("texts", Columns.texts(drafts.stream().map(Draft::text).toList()))
        .param("approved", approved)
        .param("days", daysToNext)
        .update();
  }

  /** How many wait for a person or for room to be sent; so many at the most are counted. */
  int open(UUID campaign, int most) {
    return jdbc.sql(
            """
            select count(*) from (
              (select from outbound_messages where campaign_id = :campaign and state = 'waiting' limit :most)
              union all
              -- Not what waits for days until its contact may get one more: that would keep others from theirs.
              (select from outbound_messages
               where campaign_id = :campaign and state = 'ready' and due_at < now() + interval '1 day' limit :most)
              limit :most) as open
            """)
        .param("campaign", campaign)
        .param("most", most)
        .query(Integer.class)
        .single();
  }

  /** A message that is due, and the source through which it goes; null: that is gone. */
  record Due(UUID id, Instant dueAt, @Nullable UUID source) {
    /** Before all others. */
    static final Due NONE = new Due(new UUID(0, 0), Instant.EPOCH, null);
  }

  /**
   * Those of a campaign, what is due longest first, behind one that was seen already.
   *
   * @param closed sources of which none is wanted
   */
  List<Due> due(UUID campaign, Due after, Collection<UUID> closed, int limit) {
    return jdbc.sql(
            """
            select o.id, o.due_at, v.source_id
            from outbound_messages o left join cw_conversations v on v.global_id = o.conversation_global_id
            where o.campaign_id = :campaign and o.state = 'ready' and o.due_at <= now()
              and (o.due_at, o.id) > (:due_at, :id)
              and (v.source_id = any (:closed::uuid[])) is not true
            order by o.due_at, o.id limit :limit
            """)
        .param("campaign", campaign)
        .param("due_at", Columns.parameter(after.dueAt()))
        .param("id", after.id())
        .param("closed", Columns.texts(closed.stream().map(UUID::toString).toList()))
        .param("limit", limit)
        .query(
            (row, number) ->
                new Due(
                    Columns.uuid(row, "id"),
                    Columns.requiredInstant(row, "due_at"),
                    row.getObject("source_id", UUID.class)))
        .list();
  }

  /** Fences it: from the commit of this on, it may be in the conversation. */
  Claim claim(Candidate candidate) {
    return jdbc.sql(
            """
            update outbound_messages o
            set state = 'sending', fence = fence + 1, attempts = attempts + 1, claimed_at = now(),
              check_at = now() + interval '5 minutes', error = null, updated_at = now(),
              after_message = coalesce((select r.message_id from cw_messages r
                                        where r.conversation_global_id = o.conversation_global_id
                                        order by r.message_id desc limit 1), 0)
            where id = :id and state = 'ready'
            returning id, fence, text
            """)
        .param("id", candidate.id())
        .query(
            (row, number) ->
                new Claim(
                    Columns.uuid(row, "id"),
                    row.getLong("fence"),
                    candidate.conversation(),
                    row.getString("text")))
        .single();
  }

  /** Sending is off: this is what would have happened. */
  void wouldSend(UUID id) {
    jdbc.sql(
            """
            update outbound_messages set state = 'would_send', claimed_at = now(), updated_at = now()
            where id = :id and state = 'ready'
            """)
        .param("id", id)
        .update();
  }

  /** Not before that time. */
  void postpone(UUID id, Instant until) {
    jdbc.sql("update outbound_messages set due_at = :until where id = :id and state = 'ready'")
        .param("until", Columns.parameter(until))
        .param("id", id)
        .update();
  }

  boolean sent(UUID id, long fence, long messageId) {
    return settle(
        id,
        fence,
        "state = 'sent', message_id = "
            + messageId
            + ", sent_at = now(), check_at = null, error = null",
        null);
  }

  /** It may be there or not. */
  boolean unknown(UUID id, long fence, String why) {
    return settle(
        id,
        fence,
        "state = 'unknown', check_at = now() + interval '2 minutes', error = :error",
        why);
  }

  /** Nobody could tell yet; asked again later. */
  boolean askLater(UUID id, long fence, String why) {
    return settle(
        id,
        fence,
        "state = 'unknown', check_at = now() + interval '5 minutes', error = :error",
        why);
  }

  /** It was never on its way: as if it had not been claimed. */
  boolean release(UUID id, long fence, String why) {
    return settle(
        id,
        fence,
        "state = 'ready', attempts = attempts - 1, claimed_at = null, check_at = null, error = :error",
        why);
  }

  /**
   * It is not in the conversation: it may be sent once more, or is cancelled where its member was
   * stopped meanwhile, for nobody comes by there any more.
   */
  boolean again(UUID id, long fence) {
    return jdbc.sql(
                """
                with member as (
                  select m.state = 'active' as active, m.stop_reason
                  from outbound_messages o
                    join campaign_members m on m.campaign_id = o.campaign_id and m.contact_global_id = o.contact_global_id
                  where o.id = :id for share of m)
                update outbound_messages o
                set state = case when (select active from member) then 'ready' else 'cancelled' end,
                  reason = case when (select active from member) then null
                    else coalesce((select stop_reason from member), 'campaign_completed') end,
                  claimed_at = null, check_at = null, updated_at = now()
                where o.id = :id and o.fence = :fence and o.state in ('sending', 'unknown')
                """)
            .param("id", id)
            .param("fence", fence)
            .update()
        == 1;
  }

  /**
   * It comes to nothing.
   *
   * @param reason a word
   * @param maybeThere whether it may be in the conversation all the same: then the caps count it
   */
  boolean failed(UUID id, long fence, String reason, boolean maybeThere, String why) {
    return settle(
        id,
        fence,
        "state = 'failed', check_at = null, error = :error, reason = '"
            + reason
            + (maybeThere ? "'" : "', claimed_at = null"),
        why);
  }

  private boolean settle(UUID id, long fence, String change, @Nullable String error) {
    var statement =
        jdbc.sql(
                """
                update outbound_messages set %s, updated_at = now()
                where id = :id and fence = :fence and state in ('sending', 'unknown')
                """
                    .formatted(change))
            .param("id", id)
            .param("fence", fence);
    return (change.contains(":error") ? statement.param("error", error) : statement).update() == 1;
  }

  /**
   * A message that may have been sent.
   *
   * @param conversation Chatwoot's number of it; null: it is gone
   * @param old it has been asked for a day
   */
  record Doubtful(
      UUID id,
      UUID campaignId,
      String contact,
      long fence,
      int attempts,
      boolean old,
      @Nullable UUID source,
      @Nullable Long conversation,
      SearchedMessage searched) {}

  /** Those whose conversation can tell by now, whatever became of who sent them. */
  List<Doubtful> doubtful(UUID project, int limit) {
    return jdbc.sql(
            """
            select o.id, o.campaign_id, o.contact_global_id, o.fence, o.attempts, o.text, o.after_message, v.source_id,
              v.conversation_id, o.claimed_at < now() - interval '1 day' as old
            from outbound_messages o left join cw_conversations v on v.global_id = o.conversation_global_id
            where o.project_id = :project and o.state in ('sending', 'unknown') and o.check_at <= now()
            order by o.check_at limit :limit
            """)
        .param("project", project)
        .param("limit", limit)
        .query(
            (row, number) ->
                new Doubtful(
                    Columns.uuid(row, "id"),
                    Columns.uuid(row, "campaign_id"),
                    row.getString("contact_global_id"),
                    row.getLong("fence"),
                    row.getInt("attempts"),
                    row.getBoolean("old"),
                    row.getObject("source_id", UUID.class),
                    Columns.wholeNumber(row, "conversation_id"),
                    new SearchedMessage(
                        Columns.uuid(row, "id"),
                        row.getString("text"),
                        row.getLong("after_message"))))
        .list();
  }
}
