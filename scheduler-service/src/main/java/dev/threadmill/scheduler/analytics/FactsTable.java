package dev.threadmill.scheduler.analytics;

import dev.threadmill.scheduler.analytics.Basis.BusinessHours;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code analytics_facts}: what counts of a conversation on a day. Its triggers mark the days on
 * which something is different now. docs/analytics.md says what each number means.
 */
@Repository
class FactsTable {
  /** The conversations that are there, and the times of what happened to each of them. */
  private static final String HAPPENED =
      """
      with shown as (
        select c.global_id, c.created_at, case when r.at is not null then greatest(r.at, c.created_at) end as replied_at
        from cw_conversations c cross join lateral (
          select case
            -- No "exists": the planner may read all rows for that.
            when c.first_reply_created_at is null or (
              select true from outbound_messages o
                join cw_messages m on m.conversation_global_id = o.conversation_global_id and m.message_id = o.message_id
              where o.conversation_global_id = c.global_id and m.created_at = c.first_reply_created_at limit 1) is null
            then c.first_reply_created_at
            -- That was a campaign's message, which Chatwoot takes for a reply: the first one of a person is.
            else (
              select min(m.created_at) from cw_messages m
              where m.conversation_global_id = c.global_id and m.message_type = 'outgoing' and not m.private
                and coalesce(m.sender_type, 'user') not in ('agent_bot', 'captain_assistant')
                and m.created_at >= c.first_reply_created_at
                and not exists (select from outbound_messages o
                                where o.conversation_global_id = c.global_id and o.message_id = m.message_id)) end as at) r
        where c.global_id = any (:ids) and c.project_id = :project and c.deleted_at is null),
      changes as (
        -- The latest activity message until the change was seen tells its time (ADR 23, ADR 29). In the order in which they
        -- were seen, whatever their times say.
        select s.conversation_global_id, c.created_at, s.status_before = 'resolved' as from_resolved,
          s.status_after = 'resolved' as to_resolved,
          max(greatest(c.created_at, least(coalesce(a.at, s.activity_at), s.seen_at)))
            over (partition by s.conversation_global_id order by s.id) as at
        from (
          select *, lag(seen_at, 1, '-infinity') over (partition by conversation_global_id order by id) as seen_before
          from conversation_status_changes where conversation_global_id = any (:ids)) s
        join cw_conversations c on c.global_id = s.conversation_global_id
        cross join lateral (
          select max(m.created_at) as at from cw_messages m
          where m.conversation_global_id = s.conversation_global_id and m.message_type = 'activity'
            and m.deleted_at is null and m.created_at > s.seen_before and m.created_at <= s.seen_at) a
        where c.project_id = :project and c.deleted_at is null),
      timed as (
        select global_id as id, created_at as at, 'opened' as kind, null::bigint as seconds, null::bigint as business
        from shown
        union all
        select global_id, replied_at, 'replied', floor(extract(epoch from replied_at - created_at))::bigint,
          case when :days::smallint[] is not null then
            business_seconds(created_at, replied_at, :zone, :days::smallint[], :from::time, :until::time) end
        from shown where replied_at is not null
        union all
        select conversation_global_id, at, 'resolved', floor(extract(epoch from at - created_at))::bigint,
          case when :days::smallint[] is not null then
            business_seconds(created_at, at, :zone, :days::smallint[], :from::time, :until::time) end
        from changes where to_resolved
        union all
        select conversation_global_id, at, 'reopened', null, null
        from changes where from_resolved and not to_resolved),
      """;

  private static final String OF_A_DAY =
      """
      parts as (
        select id, (at at time zone :zone)::date as day,
          count(*) filter (where kind = 'opened') as opened, count(*) filter (where kind = 'resolved') as resolved,
          count(*) filter (where kind = 'reopened') as reopened, 0 as messages_in, 0 as messages_out,
          max(seconds) filter (where kind = 'replied') as response,
          max(business) filter (where kind = 'replied') as business_response,
          max(seconds) filter (where kind = 'resolved') as resolution,
          max(business) filter (where kind = 'resolved') as business_resolution,
          null::jsonb as signals
        from timed group by 1, 2
        union all
        select m.conversation_global_id, (m.created_at at time zone :zone)::date, 0, 0, 0,
          count(*) filter (where m.message_type = 'incoming'), count(*) filter (where m.message_type = 'outgoing'),
          null, null, null, null, null
        from shown c join cw_messages m on m.conversation_global_id = c.global_id
        where m.message_type in ('incoming', 'outgoing') and not m.private and m.deleted_at is null
        group by 1, 2
        union all
        select id, day, 0, 0, 0, 0, 0, null, null, null, null, jsonb_object_agg(type, n)
        from (
          select s.conversation_global_id as id, (s.first_seen_at at time zone :zone)::date as day, s.type, count(*) as n
          from shown c join signals s on s.conversation_global_id = c.global_id
          where s.status <> 'dismissed' and s.occurrences > 0
          group by 1, 2, 3) s
        group by 1, 2),
      wanted as (
        select id, day, sum(opened) as opened, sum(resolved) as resolved, sum(reopened) as reopened,
          sum(messages_in) as messages_in, sum(messages_out) as messages_out, max(response) as response,
          max(business_response) as business_response, max(resolution) as resolution,
          max(business_resolution) as business_resolution,
          coalesce((array_agg(signals) filter (where signals is not null))[1], '{}') as signals
        from parts group by id, day),
      """;

  /**
   * Nothing here joins two intermediate results: how many rows they have nobody knows beforehand,
   * and one compared with the other row by row costs more than all the rest.
   */
  private static final String WRITTEN =
      """
      gone as (
        delete from analytics_facts f
        where f.conversation_global_id = any (:ids)
          and (f.conversation_global_id, f.day) not in (select id, day from wanted))
      insert into analytics_facts as f (project_id, conversation_global_id, day, inbox_id, agent_id, contact_global_id,
        opened, resolved, reopened, messages_in, messages_out, first_response_seconds, first_response_business_seconds,
        resolution_seconds, resolution_business_seconds, signals)
      select :project, id, day, coalesce(c.inbox_id, 0), coalesce(c.assignee_id, 0), c.contact_global_id, opened, resolved,
        reopened, messages_in, messages_out, response, business_response, resolution, business_resolution, signals
      from wanted join cw_conversations c on c.global_id = id
      on conflict (conversation_global_id, day) do update
      set inbox_id = excluded.inbox_id, agent_id = excluded.agent_id, contact_global_id = excluded.contact_global_id,
        opened = excluded.opened, resolved = excluded.resolved, reopened = excluded.reopened,
        messages_in = excluded.messages_in, messages_out = excluded.messages_out,
        first_response_seconds = excluded.first_response_seconds,
        first_response_business_seconds = excluded.first_response_business_seconds,
        resolution_seconds = excluded.resolution_seconds,
        resolution_business_seconds = excluded.resolution_business_seconds, signals = excluded.signals
      where (f.inbox_id, f.agent_id, f.contact_global_id, f.opened, f.resolved, f.reopened, f.messages_in, f.messages_out,
          f.first_response_seconds, f.first_response_business_seconds, f.resolution_seconds,
          f.resolution_business_seconds, f.signals)
        is distinct from (excluded.inbox_id, excluded.agent_id, excluded.contact_global_id, excluded.opened,
          excluded.resolved, excluded.reopened, excluded.messages_in, excluded.messages_out,
          excluded.first_response_seconds, excluded.first_response_business_seconds, excluded.resolution_seconds,
          excluded.resolution_business_seconds, excluded.signals)
      """;

  private final JdbcClient jdbc;

  FactsTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Makes the facts of these conversations what the stored rows say. Facts of those that are gone
   * go; rows that say the same already are not touched.
   */
  void refresh(UUID project, Basis basis, List<String> conversations) {
    BusinessHours hours = basis.hours();
    jdbc.sql(HAPPENED + OF_A_DAY + WRITTEN)
        .param("project", project)
        .param("ids", conversations.toArray(String[]::new))
        .param("zone", basis.zone())
        .param(
            "days",
            hours == null ? null : hours.days().toString().replace('[', '{').replace(']', '}'))
        .param("from", hours == null ? null : hours.from())
        .param("until", hours == null ? null : hours.until())
        .update();
  }
}
