package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@GatewayTest
class ReadingIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  @Test
  void pages_of_conversations_hold_each_once_the_latest_activity_first() {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(rows.conversation("open"));
    }
    // Several of one second, so that the time alone does not order them.
    conversations("last_activity_at = '2026-11-01T10:00:00Z'", "conversation_id % 2 = 0");

    assertThat(pages("/conversations?limit=2", "conversation_id"))
        .containsExactlyInAnyOrderElementsOf(all);
    List<Instant> times =
        caller
            .get("/conversations")
            .json()
            .path("items")
            .valueStream()
            .map(item -> Instant.parse(item.path("last_activity_at").asString()))
            .toList();
    assertThat(times).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(pages("/conversations?limit=3&sort=created", "conversation_id"))
        .containsExactlyElementsOf(all.reversed());
    String cursor = caller.get("/conversations?limit=2").json().path("next_cursor").asString();
    assertThat(caller.get("/conversations?sort=created&cursor=" + cursor).code())
        .isEqualTo("invalid_request");
  }

  @Test
  void filters_let_through_the_conversations_they_name() {
    long contact = contact("Ada", "Ada@Example.com");
    long wanted = rows.conversation("resolved", "refund", "vip");
    long other = rows.conversation("open", "bug");
    conversations(
        "priority = 'urgent', inbox_id = 8, channel = 'Channel::Api', last_activity_at = '2026-11-01T10:00:00Z',"
            + " contact_global_id = "
            + "'cwc:"
            + rows.project
            + ":"
            + rows.account()
            + ":"
            + contact
            + "'",
        "conversation_id = " + wanted);

    for (String filter :
        List.of(
            "status=resolved",
            "label=vip",
            "priority=urgent",
            "inbox=8",
            "channel=Channel::Api",
            "contact=" + contact,
            "contact=cwc:" + rows.project + ":" + rows.account() + ":" + contact,
            "to=2026-11-01T10:00:01Z",
            "from=2026-11-01T11:00:00%2B01:00&to=2026-11-01T10:00:01Z")) {
      assertThat(pages("/conversations?" + filter, "conversation_id"))
          .as(filter)
          .containsExactly(wanted);
    }
    assertThat(pages("/conversations?to=2026-11-01T10:00:00Z", "conversation_id")).isEmpty();
    assertThat(pages("/conversations?label=bug&status=open", "conversation_id"))
        .containsExactly(other);
    assertThat(pages("/conversations?label=bug&status=resolved", "conversation_id")).isEmpty();
  }

  @Test
  void a_conversation_tells_where_it_is_who_wrote_and_how_quickly_the_team_was() {
    long contact = contact("Ada", "ada@example.com");
    long id = rows.conversation("resolved");
    conversations(
        """
        created_at = '2026-11-01T10:00:00Z', first_reply_created_at = '2026-11-01T10:05:00Z',
        last_activity_at = '2026-11-03T00:00:00Z', assignee_id = 4, assignee_name = 'Noor',
        source_updated_at = '2026-11-03T00:00:00Z', messages_read_at = '2026-11-03T00:00:00Z',
        data = '{"custom_attributes": {"order": "R77"}, "additional_attributes": {"mail_subject": "Lamp"}}',
        contact_global_id = 'cwc:%s:%d:%d'
        """
            .formatted(rows.project, rows.account(), contact),
        "true");
    rows.message(id, "activity", false, "0");
    rows.message(id, "activity", false, "0");
    rows.message(id, "template", false, "0");
    jdbc.sql(
            """
            update cw_messages set created_at = timestamptz '2026-11-02T10:00:00Z'
              + case when message_type = 'template' then interval '1 day' else interval '0' end
            where project_id = :project
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into cw_inboxes (global_id, project_id, source_id, account_id, inbox_id, name, data)
            values ('cwi:' || :project || ':' || :account || ':7', :project, :source, :account, 7, 'Support', '{}')
            """)
        .param("project", rows.project)
        .param("source", rows.source)
        .param("account", rows.account())
        .update();

    JsonNode shown = caller.get("/conversations/" + id).json();

    assertThat(shown)
        .isEqualTo(caller.get("/conversations/" + shown.path("global_id").asString()).json())
        .isEqualTo(caller.get("/conversations").json().path("items").path(0));
    assertThat(shown.path("inbox").path("name").asString()).isEqualTo("Support");
    assertThat(shown.path("contact").path("name").asString()).isEqualTo("Ada");
    assertThat(shown.path("assignee").path("name").asString()).isEqualTo("Noor");
    assertThat(shown.path("subject").asString()).isEqualTo("Lamp");
    assertThat(shown.path("custom_attributes").path("order").asString()).isEqualTo("R77");
    assertThat(shown.path("messages_complete").asBoolean()).isTrue();
    assertThat(shown.path("link").asString())
        .isEqualTo(
            "https://chat.example.com/app/accounts/%d/conversations/%d"
                .formatted(rows.account(), id));
    assertThat(shown.path("times").path("first_response_seconds").asLong()).isEqualTo(300);
    assertThat(shown.path("times").path("resolved_at").asString())
        .isEqualTo("2026-11-02T10:00:00Z");
    assertThat(shown.path("times").path("resolution_seconds").asLong()).isEqualTo(86_400);
    conversations("status = 'open', first_reply_created_at = null", "true");
    assertThat(caller.get("/conversations/" + id).json().path("times").toString())
        .isEqualTo(
            "{\"first_reply_at\":null,\"first_response_seconds\":null,\"resolved_at\":null,\"resolution_seconds\":null}");
  }

  @Test
  void messages_come_in_order_and_private_ones_without_what_they_say() {
    long id = rows.conversation("open");
    long first = rows.message(id, "incoming", false, "0");
    long note = rows.message(id, "outgoing", true, "-1 hour");
    long deleted = rows.message(id, "outgoing", false, "0");
    long last = rows.message(id, "outgoing", false, "-2 hours");
    rows.delete(deleted);
    jdbc.sql(
            """
            update cw_messages set content = 'words of ' || message_id, sender_type = 'user', sender_id = 4,
              data = '{"sender": {"name": "Noor"}, "attachments": [{"file_type": "image", "file_size": 12,
                "data_url": "https://chat.example.com/a.png"}]}'
            where project_id = :project
            """)
        .param("project", rows.project)
        .update();
    rows.message(rows.conversation("open"), "incoming", false, "-1 day");

    JsonNode items = caller.get("/conversations/" + id + "/messages").json().path("items");

    assertThat(ids(items, "message_id")).containsExactly(first, note, last);
    assertThat(items.path(0).path("content").asString()).isEqualTo("words of " + first);
    assertThat(items.path(0).path("sender").path("name").asString()).isEqualTo("Noor");
    assertThat(items.path(0).path("attachments").path(0).path("file_size").asLong()).isEqualTo(12);
    assertThat(items.path(0).path("link").asString()).endsWith("?messageId=" + first);
    assertThat(items.path(1).path("private").asBoolean()).isTrue();
    assertThat(items.path(1).path("content").isNull()).isTrue();
    assertThat(items.path(1).path("attachments")).isEmpty();
    String list = "/conversations/" + id + "/messages?limit=1";
    assertThat(pages(list, "message_id")).containsExactly(first, note, last);
    assertThat(pages(list + "&order=desc&type=outgoing", "message_id")).containsExactly(last, note);
    assertThat(pages("/messages?limit=1", "message_id"))
        .as("by time")
        .hasSize(4)
        .startsWith(first, note, last);
    String now = Instant.now().toString();
    assertThat(pages("/messages?limit=2&order=asc&to=" + now, "message_id"))
        .hasSize(4)
        .endsWith(first);
    assertThat(pages("/messages?from=" + now, "message_id")).isEmpty();
  }

  @Test
  void with_a_conversation_that_is_gone_go_its_messages() {
    long gone = rows.conversation("open");
    rows.message(gone, "incoming", false, "0");
    long stays = rows.message(rows.conversation("open"), "incoming", false, "0");
    assertThat(pages("/conversations/" + gone + "/messages", "message_id")).hasSize(1);

    conversations("deleted_at = now()", "conversation_id = " + gone);

    assertThat(pages("/messages", "message_id")).containsExactly(stays);
    assertThat(caller.get("/conversations/" + gone + "/messages").code()).isEqualTo("not_found");
  }

  @Test
  void contacts_are_found_by_what_they_are_reached_with() {
    long ada = contact("Ada", "Ada@Example.com");
    long bob = contact("Bob", "bob@example.com");
    long gone = contact("Gone", "gone@example.com");
    jdbc.sql(
            """
            update cw_contacts set deleted_at = case when contact_id = :gone then now() end,
              phone_number = case when contact_id = :bob then '+15550001122' end, blocked = contact_id = :bob,
              last_activity_at = case when contact_id = :ada then timestamptz '2026-11-01T10:00:00Z' end
            where project_id = :project
            """)
        .param("gone", gone)
        .param("ada", ada)
        .param("bob", bob)
        .param("project", rows.project)
        .update();

    assertThat(pages("/contacts?limit=1", "contact_id")).containsExactly(bob, ada);
    assertThat(pages("/contacts?email=aDA@example.com", "contact_id")).containsExactly(ada);
    assertThat(pages("/contacts?phone=%2B15550001122", "contact_id")).containsExactly(bob);
    assertThat(pages("/contacts?blocked=true", "contact_id")).containsExactly(bob);
    assertThat(pages("/contacts?from=2026-11-01T10:00:00Z", "contact_id")).containsExactly(ada);
    JsonNode one = caller.get("/contacts/" + ada).json();
    assertThat(one.path("email").asString()).isEqualTo("Ada@Example.com");
    assertThat(one.path("link").asString())
        .isEqualTo("https://chat.example.com/app/accounts/" + rows.account() + "/contacts/" + ada);
    assertThat(caller.get("/contacts/" + gone).status()).isEqualTo(404);
  }

  @Test
  void nothing_of_another_project_is_read() {
    Rows others = new Rows(jdbc);
    long conversation = others.conversation("open");
    others.message(conversation, "incoming", false, "0");
    others.contactOf(conversation, 4711);
    String id = "cw:" + others.project + ":" + others.account() + ":" + conversation;

    for (String path :
        List.of(
            "/conversations/" + id,
            "/conversations/" + conversation,
            "/conversations/" + id + "/messages",
            "/contacts/cwc:" + others.project + ":" + others.account() + ":4711",
            "/contacts/4711",
            "/contacts/x",
            "/conversations/0")) {
      assertThat(caller.get(path).code()).as(path).isEqualTo("not_found");
    }
    for (String list :
        List.of("/conversations", "/messages", "/contacts", "/conversations?sort=created")) {
      assertThat(caller.get(list).json().path("items")).as(list).isEmpty();
    }
    String filter = "/conversations?contact=";
    assertThat(caller.get(filter + "4711").json().path("items").isEmpty()).isTrue();
    assertThat(
            caller.get(filter + "cwc:" + others.project + ":" + others.account() + ":4711").code())
        .isEqualTo("invalid_request");
    assertThat(caller.get("/conversations/export").text()).isEmpty();
    assertThat(Caller.admin(port).of(others.project).get("/contacts/4711").status())
        .as("it is there")
        .isEqualTo(200);
  }

  @Test
  void a_number_that_two_accounts_have_names_neither() {
    long conversation = rows.conversation("open");
    jdbc.sql(
            """
            with second as (
              insert into project_sources (project_id, source_kind, base_url, external_id)
              values (:project, 'chatwoot', 'https://two.example.com', '999005') returning id)
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
              created_at, last_activity_at, data)
            select 'cw:' || :project || ':999005:' || :number, :project, id, 999005, :number, 'open', now(), now(), '{}' from second
            """)
        .param("project", rows.project)
        .param("number", conversation)
        .update();

    assertThat(caller.get("/conversations/" + conversation).code()).isEqualTo("ambiguous_id");
    assertThat(
            caller
                .get("/conversations/cw:" + rows.project + ":999005:" + conversation)
                .json()
                .path("link")
                .asString())
        .startsWith("https://two.example.com/");
  }

  @Test
  void what_a_list_can_not_be_asked_for_is_refused_by_name() {
    Map.of(
            "/conversations?limit=0",
            "limit",
            "/conversations?status=closed",
            "status",
            "/conversations?label=a%00b",
            "label",
            "/conversations?from=yesterday",
            "from",
            "/conversations?to=%2B999999999-01-01T00:00:00Z",
            "to",
            "/conversations?cursor=bm9uZQ",
            "cursor",
            "/conversations?contact=cwc:x",
            "contact",
            "/messages?order=up",
            "order",
            "/contacts?email=" + "a".repeat(300),
            "email",
            "/conversations/export?format=xls",
            "format")
        .forEach(
            (path, name) -> {
              Caller.Answer answer = caller.get(path);
              assertThat(answer.status()).as(path).isEqualTo(400);
              assertThat(answer.json().path("detail").asString())
                  .as(path)
                  .contains("'" + name + "'");
            });
  }

  /** A number of all pages of a list, in their order. */
  private List<Long> pages(String path, String number) {
    List<Long> found = new ArrayList<>();
    JsonNode page = caller.get(path).json();
    found.addAll(ids(page.path("items"), number));
    while (page.path("next_cursor").isString()) {
      assertThat(found).as("pages end").hasSizeLessThan(100);
      page =
          caller
              .get(
                  path
                      + (path.contains("?") ? "&" : "?")
                      + "cursor="
                      + page.path("next_cursor").asString())
              .json();
      found.addAll(ids(page.path("items"), number));
    }
    return found;
  }

  private static List<Long> ids(JsonNode items, String number) {
    return items.valueStream().map(item -> item.path(number).asLong()).toList();
  }

  private void conversations(String change, String which) {
    jdbc.sql("update cw_conversations set " + change + " where project_id = :project and " + which)
        .param("project", rows.project)
        .update();
  }

  private long contact(String name, String email) {
    long id =
        jdbc.sql("select coalesce(max(contact_id), 0) + 1 from cw_contacts")
            .query(Long.class)
            .single();
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, email, data)
            values ('cwc:' || :project || ':' || :account || ':' || :id, :project, :source, :account, :id, :name, :email, '{}')
            """)
        .param("project", rows.project)
        .param("source", rows.source)
        .param("account", rows.account())
        .param("id", id)
        .param("name", name)
        .param("email", email)
        .update();
    return id;
  }
}
