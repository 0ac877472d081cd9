package dev.threadmill.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Letters;
import dev.threadmill.gateway.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A project with a row of every kind, each with a word in it that is found nowhere else. */
final class Planted {
  private final JdbcClient jdbc;
  final Rows rows;
  final String marker = "secretof" + UUID.randomUUID().toString().substring(0, 8);

  /** By kind, as a call's path names it. */
  private final Map<String, List<String>> ids = new TreeMap<>();

  Planted(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.rows = new Rows(jdbc);
    String letter = Letters.put(0, Letters.event(rows.project, UUID.randomUUID()), 0);
    name("projects", "id", "name = :marker");
    name("project_sources", "project_id", "base_url = 'https://' || :marker || '.example.com'");
    long conversation = rows.conversation("open", marker);
    long message = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, message, 0, "the parcel of " + marker + " never came", true);
    name(
        "cw_messages",
        "project_id",
        "content = :marker, data = jsonb_build_object('content', :marker)");
    name("cw_conversations", "project_id", "assignee_name = :marker, channel = :marker");
    contact();
    run();
    rows.token("admin", rows.project, "1 hour");
    name("api_tokens", "project_id", "name = :marker");
    insert(
        """
        insert into scheduled_jobs (project_id, job_type, cadence_seconds, status_reason, status)
        values (:project, 'chatwoot_sync', 900, :marker, 'paused')
        """);
    insert(
        """
        insert into audit_log (project_id, token_name, action, object)
        values (:project, :marker, 'schedule.change', :marker)
        """);
    insert(
        """
        with s as (
          insert into signals (project_id, conversation_global_id, contact_global_id, type, status, severity, confidence,
            basis, first_seen_at, last_seen_at, occurrences)
          select project_id, global_id, contact_global_id, 'complaint', 'accepted', 3, 0.8,
            jsonb_build_object('rule', :marker::text), now(), now(), 1
          from cw_conversations where project_id = :project
          returning id, project_id, conversation_global_id)
        insert into signal_evidence (signal_id, project_id, conversation_global_id, message_global_id, quote, found_by,
          confidence, said_at)
        select s.id, s.project_id, s.conversation_global_id, m.global_id, :marker, :marker, 0.8, now()
        from s join cw_messages m on m.conversation_global_id = s.conversation_global_id
        """);
    insert(
        """
        insert into signal_rules (project_id, name, type, severity, confidence, phrases)
        values (:project, :marker, 'complaint', 3, 0.8, array[:marker])
        """);
    campaign();
    health();
    analytics();
    receipts();
    remember("project", "select id::text from projects where id = :project");
    remember("source", "select id::text from project_sources where project_id = :project");
    remember("token", "select id::text from api_tokens where project_id = :project");
    remember("run", "select id::text from job_runs where project_id = :project");
    remember("tick", "select id::text from scheduler_ticks where project_id = :project");
    remember("erasure", "select id::text from erasures where project_id = :project");
    remember("signal", "select id::text from signals where project_id = :project");
    remember("campaign", "select id::text from campaigns where project_id = :project");
    remember("outbound", "select id::text from outbound_messages where project_id = :project");
    remember("contact", "select global_id from cw_contacts where project_id = :project");
    remember("contact", "select contact_id::text from cw_contacts where project_id = :project");
    remember("conversation", "select global_id from cw_conversations where project_id = :project");
    remember(
        "conversation",
        "select conversation_id::text from cw_conversations where project_id = :project");
    remember("message", "select global_id from cw_messages where project_id = :project");
    remember("message", "select message_id::text from cw_messages where project_id = :project");
    ids.put("letter", List.of(letter));
  }

  private void health() {
    insert(
        """
        insert into health_scores (contact_global_id, project_id, score, active, formula, settings_no, factors,
          calculated_at)
        select global_id, project_id, 12, true, 1, 0, jsonb_build_array(jsonb_build_object('name', 'unanswered',
          'weight', 25, 'share', 0.5, 'value', 10.5, 'unit', 'hours', 'risk', 0.6, 'points', 30.0,
          'explanation', :marker::text, 'evidence', '[]'::jsonb)), now()
        from cw_contacts where project_id = :project
        """);
    insert(
        """
        insert into health_overrides (contact_global_id, project_id, score, reason, set_by, expires_at)
        select global_id, project_id, 34, :marker, :marker, now() + interval '1 day'
        from cw_contacts where project_id = :project
        """);
    insert(
        """
        insert into health_history (contact_global_id, project_id, day, score)
        select global_id, project_id, current_date, 12 from cw_contacts where project_id = :project and :marker <> ''
        """);
  }

  private void analytics() {
    insert(
        """
        insert into cw_inboxes (global_id, project_id, source_id, account_id, inbox_id, name, data)
        select 'cwi:' || project_id || ':' || external_id || ':7', project_id, id, external_id::bigint, 7, :marker, '{}'
        from project_sources where project_id = :project
        """);
    insert(
        "insert into analytics_agents (project_id, agent_id, name) values (:project, 4, :marker)");
    insert(
        """
        insert into analytics_daily (project_id, level, day, inbox_id, agent_id, opened, resolved, reopened, messages_in,
          messages_out, contacts, signals)
        select :project, level, current_date, case when level like 'inbox%' then 7 else 0 end,
          case when level like '%agent' then 4 else 0 end, 1, 1, 0, 1, 1, 1, '{}'
        from unnest(array['project', 'inbox', 'agent', 'inbox_agent']) level where :marker <> ''
        """);
    insert(
        """
        insert into embedding_usage (project_id, day, model, tokens, cost_usd)
        values (:project, current_date, :marker, 1000, 0.002)
        """);
  }

  /** What was asked for, and how far it is. */
  private void receipts() {
    insert(
        """
        insert into scheduler_ticks (project_id, trigger, max_due, processed_at, due_count)
        select id, 'manual', 7, now(), 0 from projects where id = :project and :marker <> ''
        """);
    insert(
        """
        insert into erasures (project_id, source_id, kind, number, global_id, requested_by, finished_at)
        select project_id, id, 'contact', 999, 'cwc:' || project_id || ':999', :marker, now()
        from project_sources where project_id = :project
        """);
    insert(
        """
        insert into project_deletions (project_id, project_name, requested_by, finished_at)
        values (:project, :marker, :marker, now())
        """);
  }

  private void contact() {
    insert(
        """
        insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, email, data)
        select 'cwc:' || project_id || ':' || external_id || ':' || external_id, project_id, id, external_id::bigint,
          external_id::bigint, :marker, :marker || '@example.com', jsonb_build_object('name', :marker)
        from project_sources where project_id = :project
        """);
    insert(
        """
        update cw_conversations set contact_global_id = (select global_id from cw_contacts where project_id = :project)
        where project_id = :project and :marker <> ''
        """);
  }

  private void campaign() {
    insert(
        """
        insert into campaigns (project_id, name, segment, steps, rules, created_by)
        values (:project, :marker, '{}', '[{"day_offset": 0, "template": "Hi"}]', '{}', :marker)
        """);
    insert(
        """
        insert into campaign_members (project_id, campaign_id, contact_global_id)
        select g.project_id, g.id, c.global_id from campaigns g join cw_contacts c on c.project_id = g.project_id
        where g.project_id = :project and :marker <> ''
        """);
    insert(
        """
        insert into outbound_messages (project_id, campaign_id, contact_global_id, conversation_global_id, step, channel,
          text, state)
        select m.project_id, m.campaign_id, m.contact_global_id, v.global_id, 0, 'chatwoot', :marker, 'waiting'
        from campaign_members m join cw_conversations v on v.project_id = m.project_id
        where m.project_id = :project
        """);
    insert(
        """
        insert into campaign_opt_outs (project_id, contact, reason, created_by)
        select project_id, global_id, :marker, :marker from cw_contacts where project_id = :project
        """);
  }

  private void run() {
    insert(
        """
        insert into job_runs (project_id, job_name, trigger, requested_by, status, finished_at, error)
        values (:project, 'chatwoot_sync', 'manual', :marker, 'failed', now(), :marker)
        """);
  }

  private void name(String table, String project, String change) {
    insert("update " + table + " set " + change + " where " + project + " = :project");
  }

  private void insert(String sql) {
    jdbc.sql(sql).param("project", rows.project).param("marker", marker).update();
  }

  private void remember(String kind, String sql) {
    List<String> found = jdbc.sql(sql).param("project", rows.project).query(String.class).list();
    assertThat(found).as(kind).isNotEmpty();
    ids.computeIfAbsent(kind, any -> new ArrayList<>()).addAll(found);
  }

  /** The ids of everything that is planted: uuids, global ids and numbers. */
  List<String> ids() {
    return ids.values().stream().flatMap(List::stream).toList();
  }

  /** Those of one kind. */
  List<String> ids(String kind) {
    assertThat(ids).as("nothing of this kind is planted").containsKey(kind);
    return ids.get(kind);
  }

  /** The one id that stands for itself, or the first of several ways to name it. */
  String id(String kind) {
    return ids(kind).getFirst();
  }

  /** Chatwoot's number of it. */
  String number(String kind) {
    return ids(kind).getLast();
  }

  /** An id of the same kind, of nothing. */
  String likeBut(String id) {
    String nobodys = UUID.randomUUID().toString();
    return id.matches("[0-9]+")
        ? "9" + id + "00"
        : id.replace(rows.project.toString(), nobodys)
            .replaceFirst("^[0-9a-f-]{36}$", nobodys)
            .replaceFirst("(?<=\\.dlt:\\d:).*", "99999999");
  }

  /** What an answer must not hold: the word, and the ids that are nobody else's. */
  List<String> traces() {
    List<String> traces = new ArrayList<>(ids().stream().filter(id -> id.length() > 20).toList());
    traces.add(marker);
    return traces;
  }

  /** The rows of this project in every table that has any, as one checksum each. */
  Map<String, String> checksums() {
    Map<String, String> sums = new TreeMap<>();
    List<String> tables =
        jdbc.sql(
                """
                select distinct table_name from information_schema.columns
                where table_schema = 'public' and column_name = 'project_id'
                """)
            .query(String.class)
            .list();
    for (String table : tables) {
      sums.put(
          table,
          jdbc.sql(
                  "select count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') from "
                      + table
                      + " t where project_id = :project")
              .param("project", rows.project)
              .query(String.class)
              .single());
    }
    return sums;
  }
}
