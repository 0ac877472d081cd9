package dev.threadmill.scheduler.analytics;

import dev.threadmill.core.project.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What may happen to a project's conversations, in the order that a seed says. */
final class RandomHistory {
  private static final List<String> STATUSES = List.of("open", "resolved", "pending", "snoozed");
  private static final List<String> ZONES =
      List.of("UTC", "Asia/Kolkata", "America/New_York", "Europe/Berlin");
  private static final int CONTACTS = 4;

  private final JdbcClient jdbc;
  private final Source source;
  private final Random random;
  private final Instant begun = Instant.now();
  private final List<String> conversations = new ArrayList<>();
  private int number;

  RandomHistory(JdbcClient jdbc, Source source, long seed) {
    this.jdbc = jdbc;
    this.source = source;
    this.random = new Random(seed);
    for (int contact = 1; contact <= CONTACTS; contact++) {
      run(
          """
          insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
          values (:contact, :project, :source, 1, :number, '{}')
          """,
          contact(contact),
          contact);
    }
  }

  /** One thing happens. */
  void step() {
    int what = conversations.size() < 3 ? 0 : random.nextInt(24);
    switch (what) {
      case 0, 1, 2 -> newConversation();
      case 3, 4, 5, 6, 7, 8, 9, 10 -> newMessage();
      case 11 -> message("content = 'edited', created_at = created_at + interval '1 day'");
      case 12 -> message("deleted_at = now()");
      case 13 -> message("private = not private");
      case 14, 15, 16, 17 -> conversation("status = :status, last_activity_at = :at");
      case 18 -> conversation("first_reply_created_at = :at");
      case 19 -> conversation("inbox_id = :small, assignee_id = :other");
      case 20 -> conversation("contact_global_id = :contact");
      case 21 -> signal();
      case 22 -> conversation("deleted_at = case when deleted_at is null then now() end");
      default -> settings();
    }
  }

  private void newConversation() {
    String id = "cw:%s:1:%d".formatted(source.projectId(), ++number);
    conversations.add(id);
    run(
        """
        insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status, inbox_id,
          assignee_id, assignee_name, contact_global_id, created_at, last_activity_at, data)
        values (:id, :project, :source, 1, :number, :status, :small, :other, 'Ada', :contact, :at, :later, '{}')
        """,
        contact(1 + random.nextInt(CONTACTS)),
        number,
        id);
  }

  private void newMessage() {
    run(
        """
        insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, private,
          created_at, data)
        select 'cwmsg:' || :project || ':1:' || :number, :project, global_id, :number, :type,
          coalesce(:small::integer, 0) = 1, :at, '{}'
        from cw_conversations where global_id = :id
        """,
        contact(1),
        ++number,
        any());
  }

  private void message(String change) {
    run(
        "update cw_messages set "
            + change
            + """
            , changed_at = now() where global_id in (
              select global_id from cw_messages where conversation_global_id = :id
              order by md5(global_id || :number) limit 2)
            """,
        contact(1),
        ++number,
        any());
  }

  private void conversation(String change) {
    run(
        "update cw_conversations set " + change + ", changed_at = now() where global_id = :id",
        contact(1 + random.nextInt(CONTACTS)),
        ++number,
        any());
  }

  private void signal() {
    run(
        """
        insert into signals (project_id, conversation_global_id, type, status, severity, confidence, basis, first_seen_at,
          last_seen_at, occurrences)
        select :project, global_id, :signal, 'accepted', 3, 0.9, '{}', :at, :later, 1
        from cw_conversations where global_id = :id
        """,
        contact(1),
        ++number,
        any());
    run(
        """
        update signals set status = 'dismissed' where project_id = :project and :small::integer = 1 and id in (
          select id from signals where project_id = :project order by id limit 1)
        """,
        contact(1),
        ++number,
        any());
    run(
        """
        update signals set status = 'done', occurrences = 0 where project_id = :project and :other::integer = 2 and id in (
          select id from signals where project_id = :project order by id desc limit 1)
        """,
        contact(1),
        ++number,
        any());
    run(
        "delete from signals where conversation_global_id = :id and :small::integer = 2",
        contact(1),
        ++number,
        any());
  }

  private void settings() {
    run("update projects set time_zone = :zone where id = :project", contact(1), ++number, any());
    run(
        """
        insert into analytics_settings (project_id, business_days, business_from, business_until)
        values (:project, '{1,2,3,4,5}', '09:00', '17:30')
        on conflict (project_id) do update set business_days = '{1,3,6}', business_until = '24:00'
        """,
        contact(1),
        ++number,
        any());
  }

  private void run(String sql, String contact, int n) {
    run(sql, contact, n, "");
  }

  private void run(String sql, String contact, int n, String id) {
    Instant at = begun.minus(Duration.ofMinutes(random.nextInt(40 * 24 * 60))).minusSeconds(n);
    int small = random.nextInt(3);
    jdbc.sql(sql)
        .param("project", source.projectId())
        .param("source", source.id())
        .param("contact", contact)
        .param("number", n)
        .param("id", id)
        .param("status", STATUSES.get(random.nextInt(STATUSES.size())))
        .param(
            "type",
            List.of("incoming", "incoming", "outgoing", "activity", "template")
                .get(random.nextInt(5)))
        .param("signal", random.nextBoolean() ? "complaint" : "praise")
        .param("zone", ZONES.get(random.nextInt(ZONES.size())))
        .param("small", small == 0 ? null : small)
        .param("other", random.nextInt(3) == 0 ? null : random.nextInt(2) + 1)
        .param("at", at.atOffset(ZoneOffset.UTC))
        .param("later", at.plusSeconds(random.nextInt(100_000)).atOffset(ZoneOffset.UTC))
        .update();
  }

  private String any() {
    return conversations.get(random.nextInt(conversations.size()));
  }

  private String contact(int n) {
    return "cwc:%s:1:%d".formatted(source.projectId(), n);
  }

  UUID project() {
    return source.projectId();
  }

  /** Chatwoot's number of a conversation that was stored. */
  long anyNumber() {
    String id = any();
    return Long.parseLong(id.substring(id.lastIndexOf(':') + 1));
  }
}
