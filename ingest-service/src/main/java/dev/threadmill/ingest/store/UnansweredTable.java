package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code sync_unanswered}: conversations that no page of the list shows, until they are
 * asked for one by one, and longer where their own answer fails. The watermark waits for them.
 */
@Repository
public class UnansweredTable {
  /** So many neighbours on each side say whether ids go with times there. */
  private static final int NEIGHBOURS = 10;

  /** So far from a conversation of a second another one of it is looked for. */
  private static final int NEAR = 100;

  /** So many ids are asked for on account of one second. */
  private static final int WIDE = 2000;

  private final JdbcClient jdbc;

  UnansweredTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What is stored of those created within a time, both ends included, is to be asked for.
   *
   * @return how many were not yet
   */
  public int ask(Source source, Instant from, Instant to) {
    return ask(source, from, to, false);
  }

  /** The same of one second, less what {@code sync_walk_edge} says was shown. */
  public int askForUnshown(Source source, Instant second) {
    return ask(source, second, second, true);
  }

  private int ask(Source source, Instant from, Instant to, boolean unshown) {
    return jdbc.sql(
            """
            insert into sync_unanswered (source_id, conversation_id, failures, error, retry_at)
            select c.source_id, c.conversation_id, 0, 'no page showed it, and it is not asked for yet', now()
            from cw_conversations c
            where c.source_id = :source and c.deleted_at is null and c.created_at between :from and :to
              and not (:unshown and exists (
                select from sync_walk_edge e
                where e.source_id = c.source_id and e.conversation_id = c.conversation_id))
            order by c.conversation_id
            on conflict do nothing
            """)
        .param("source", source.id())
        .param("from", Columns.parameter(from))
        .param("to", Columns.parameter(to))
        .param("unshown", unshown)
        .update();
  }

  /**
   * What nobody knows near the stored conversations of one second is to be asked for. Ids come from
   * one sequence, so where the neighbours were created in the order of their ids, those of the
   * second lie between the ones before and after it. An import may give any time, but its ids are a
   * run, so there a wider neighbourhood is asked for. Where even that holds too many, only what
   * lies right beside a conversation of the second is; the rest is the reconciliation's matter.
   */
  public int askNear(Source source, Instant second) {
    return jdbc.sql(
            """
            with members as materialized (
              select conversation_id as id from cw_conversations
              where source_id = :source and deleted_at is null and created_at = :second),
            span as (select min(id) as lowest, max(id) as highest from members),
            below as (
              select c.conversation_id as id, c.created_at from span cross join lateral (
                select conversation_id, created_at from cw_conversations
                where source_id = :source and conversation_id < span.lowest
                order by conversation_id desc limit :neighbours) c),
            above as (
              select c.conversation_id as id, c.created_at from span cross join lateral (
                select conversation_id, created_at from cw_conversations
                where source_id = :source and conversation_id > span.highest
                order by conversation_id limit :neighbours) c),
            bounds as (
              select greatest(1, lowest - :near, case when ordered then (select max(id) + 1 from below) end) as first,
                     least(highest + :near, case when ordered then (select min(id) - 1 from above) end) as last
              from span cross join (
                select not exists (select from below where created_at > :second)
                   and not exists (select from above where created_at < :second) as ordered) o
              where lowest is not null),
            candidates as (
              select generate_series(first, last) as id from bounds where last - first <= :wide
              union
              select generate_series(
                greatest(b.first, m.id - :near, 1 + (
                  select max(c.conversation_id) from cw_conversations c
                  where c.source_id = :source and c.conversation_id < m.id)), m.id - 1)
              from members m cross join bounds b where b.last - b.first > :wide
              union
              select generate_series(m.id + 1, least(b.last, m.id + :near, -1 + (
                select min(c.conversation_id) from cw_conversations c
                where c.source_id = :source and c.conversation_id > m.id)))
              from members m cross join bounds b where b.last - b.first > :wide)
            insert into sync_unanswered (source_id, conversation_id, failures, error, retry_at)
            select :source, id, 0, 'no page showed it, and it is not asked for yet', now()
            from candidates
            where not exists (select from cw_conversations c where c.global_id = :prefix || id)
              and not exists (select from erased_things e where e.source_id = :source and e.global_id = :prefix || id)
            order by id limit :wide
            on conflict do nothing
            """)
        .param("source", source.id())
        .param("second", Columns.parameter(second))
        .param("prefix", GlobalIds.conversationPrefix(source))
        .param("neighbours", NEIGHBOURS)
        .param("near", NEAR)
        .param("wide", WIDE)
        .update();
  }

  /**
   * Remembers that the conversation could not be read. The next run tries again; after that each
   * failure doubles the wait.
   */
  public void failed(
      UUID sourceId, long conversationId, String error, Duration first, Duration last) {
    jdbc.sql(
            """
            insert into sync_unanswered as u (source_id, conversation_id, failures, error, retry_at)
            values (:source, :conversation, 1, :error, now())
            on conflict (source_id, conversation_id) do update
            set failures = u.failures + 1, error = excluded.error,
                retry_at = now() + make_interval(
                  secs => case u.failures when 0 then 0 else least(:last, :first * 2 ^ least(u.failures - 1, 20)) end)
            """)
        .param("source", sourceId)
        .param("conversation", conversationId)
        .param("error", error)
        .param("first", first.toSeconds())
        .param("last", last.toSeconds())
        .update();
  }

  /** It was read, or is gone. */
  public void settled(UUID sourceId, long conversationId) {
    jdbc.sql(
            "delete from sync_unanswered where source_id = :source and conversation_id = :conversation")
        .param("source", sourceId)
        .param("conversation", conversationId)
        .update();
  }

  /**
   * Those to ask for that were due at a time, the longest waiting first.
   *
   * @param again also those that gave no answer before
   */
  public List<Long> due(UUID sourceId, Instant at, boolean again, int limit) {
    return jdbc.sql(
            """
            select conversation_id from sync_unanswered
            where source_id = :source and retry_at <= :at and (:again or failures = 0)
            order by retry_at, conversation_id limit :limit
            """)
        .param("source", sourceId)
        .param("at", Columns.parameter(at))
        .param("again", again)
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  public List<SetAside> all(UUID sourceId, int limit) {
    return jdbc.sql(
            """
            select conversation_id, error, failures, retry_at from sync_unanswered
            where source_id = :source and failures > 0 order by conversation_id limit :limit
            """)
        .param("source", sourceId)
        .param("limit", limit)
        .query(SetAside::of)
        .list();
  }

  public Unanswered count(UUID sourceId) {
    return jdbc.sql(
            """
            select count(*) filter (where failures = 0) as to_ask, count(*) filter (where failures > 0) as failing
            from sync_unanswered where source_id = :source
            """)
        .param("source", sourceId)
        .query((row, number) -> new Unanswered(row.getLong("to_ask"), row.getLong("failing")))
        .single();
  }

  /** Those of which nothing is stored, and that are there: they gave an answer that is no use. */
  public long countUnknown(Source source) {
    return jdbc.sql(
            """
            select count(*) from sync_unanswered u
            where u.source_id = :source and u.failures > 0 and not exists (
              select from cw_conversations c
              where c.global_id = :prefix || u.conversation_id and c.deleted_at is null)
            """)
        .param("source", source.id())
        .param("prefix", GlobalIds.conversationPrefix(source))
        .query(Long.class)
        .single();
  }
}
