package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.testing.SettableClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ConversationListTest {
  private final SettableClock clock = new SettableClock();
  private final ChatwootSimulator simulator = ChatwootSimulator.start(clock);
  private final ApiClient api = new ApiClient(simulator);
  private long contact;

  @BeforeEach
  void addContact() {
    contact = simulator.account().contacts().add("Ada", "ada@example.com");
  }

  @AfterEach
  void close() {
    simulator.close();
  }

  private List<Long> open(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> simulator.account().conversations().open(contact))
        .toList();
  }

  @Test
  void only_open_conversations_come_without_a_status() throws Exception {
    List<Long> ids = open(2);
    simulator.account().conversations().setStatus(ids.get(0), "resolved");

    assertThat(api.conversations("")).containsExactly(ids.get(1));
    assertThat(api.conversations("status=resolved")).containsExactly(ids.get(0));
    assertThat(api.conversations("status=all")).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(api.conversations("status=ALL")).isEmpty();
  }

  @Test
  void pages_hold_25_rows_and_end_with_an_empty_one() throws Exception {
    open(60);

    assertThat(api.conversations("status=all")).hasSize(25);
    assertThat(api.conversations("status=all&page=0")).hasSize(25);
    assertThat(api.conversations("status=all&page=three")).hasSize(25);
    assertThat(api.conversations("status=all&page=3")).hasSize(10);
    assertThat(api.conversations("status=all&page=4")).isEmpty();
  }

  @Test
  void counts_follow_the_filters_but_not_the_assignee_type() throws Exception {
    List<Long> ids = open(4);
    simulator.account().conversations().assign(ids.get(0), 1L);
    simulator.account().conversations().assign(ids.get(1), 2L);
    simulator.account().conversations().setStatus(ids.get(3), "resolved");

    JsonNode meta = api.get("conversations?assignee_type=me").path("data").path("meta");

    assertThat(meta.toString())
        .isEqualTo(
            "{\"mine_count\":1,\"assigned_count\":2,\"unassigned_count\":1,\"all_count\":3}");
    assertThat(api.conversations("assignee_type=me")).containsExactly(ids.get(0));
    assertThat(api.conversations("assignee_type=unassigned")).containsExactly(ids.get(2));
  }

  @Test
  void filters_by_inbox_labels_and_text() throws Exception {
    List<Long> ids = open(2);
    long mail = simulator.account().conversations().add(NewConversation.with(contact).inbox(2));
    simulator.account().conversations().setLabels(ids.get(0), List.of("refund", "bug"));
    simulator.account().messages().incoming(ids.get(1), "Where is my Teapot?");
    simulator.account().conversations().setStatus(ids.get(1), "resolved");

    assertThat(api.conversations("inbox_id=2")).containsExactly(mail);
    assertThat(api.conversations("labels[]=bug&labels[]=other")).containsExactly(ids.get(0));
    assertThat(api.conversations("q=teapot")).containsExactly(ids.get(1));
    assertThat(api.response("conversations?team_id=77").statusCode()).isEqualTo(404);
  }

  @Test
  void sorts_as_asked_and_by_last_activity_otherwise() throws Exception {
    List<Long> ids = open(3);
    clock.advance(Duration.ofMinutes(1));
    simulator.account().messages().incoming(ids.get(1), "Hello?");

    assertThat(api.conversations("sort_by=nonsense").getFirst()).isEqualTo(ids.get(1));
    assertThat(api.conversations("sort_by=last_activity_at_asc").getLast()).isEqualTo(ids.get(1));
    assertThat(api.conversations("sort_by=created_at_asc")).isEqualTo(ids);
    assertThat(api.conversations("sort_by=created_at_desc")).isEqualTo(ids.reversed());
  }

  @Test
  void equal_sort_keys_have_another_order_on_each_page() throws Exception {
    for (int i = 0; i < 75; i++) {
      simulator
          .account()
          .conversations()
          .add(NewConversation.with(contact).createdAt(clock.instant()));
    }

    Set<Long> seen = new HashSet<>();
    for (int page = 1; page <= 3; page++) {
      seen.addAll(api.conversations("status=all&sort_by=created_at_asc&page=" + page));
    }

    assertThat(seen).as("a crawl that trusts the pages").hasSizeLessThan(75);
  }

  @Test
  void updated_within_switches_pages_off_and_sees_edits() throws Exception {
    List<Long> ids = open(40);
    long message = simulator.account().messages().incoming(ids.get(0), "Frist");
    clock.advance(Duration.ofHours(1));
    assertThat(api.conversations("status=all&updated_within=60")).isEmpty();
    simulator.account().messages().edit(message, "First");

    assertThat(api.conversations("status=all&updated_within=60")).containsExactly(ids.get(0));
    assertThat(api.conversations("status=all&updated_within=90000&page=100000")).hasSize(40);
    assertThat(api.conversations("status=all&updated_within=soon")).isEmpty();
  }

  @Test
  void an_old_server_ignores_updated_within() throws Exception {
    simulator.settings().supportUpdatedWithin(false);
    simulator.settings().showConversationUpdatedAt(false);
    open(40);
    clock.advance(Duration.ofHours(1));

    assertThat(api.conversations("status=all&updated_within=1")).hasSize(25);
    assertThat(api.get("conversations").path("data").path("payload").get(0).has("updated_at"))
        .isFalse();
  }

  @Test
  void times_come_in_three_forms_and_zero_means_none() throws Exception {
    long id = open(1).getFirst();
    simulator.account().messages().incoming(id, "Hi");

    JsonNode row = api.get("conversations/" + id);

    assertThat(row.path("created_at").isIntegralNumber()).isTrue();
    assertThat(row.path("updated_at").isFloatingPointNumber()).isTrue();
    assertThat(row.path("agent_last_seen_at").asInt()).isZero();
    assertThat(row.path("waiting_since").asLong()).isEqualTo(clock.instant().getEpochSecond());
    assertThat(row.path("messages").get(0).path("updated_at").asString())
        .startsWith("2026-11-20T12:00:00.")
        .endsWith("Z");
    assertThat(row.path("meta").has("assignee")).isFalse();
    assertThat(row.path("snoozed_until").isNull()).isTrue();
  }

  @Test
  void unread_messages_are_counted_up_to_ten() throws Exception {
    long id = open(1).getFirst();
    for (int i = 0; i < 14; i++) {
      simulator.account().messages().incoming(id, "Hello " + i);
    }

    assertThat(api.get("conversations/" + id).path("unread_count").asInt()).isEqualTo(10);
  }

  @Test
  void the_newest_message_is_embedded_even_when_it_is_private() throws Exception {
    long id = open(1).getFirst();
    simulator.account().messages().incoming(id, "Hi");
    simulator.account().messages().note(id, "Careful with this one");
    simulator.account().conversations().setStatus(id, "resolved");

    JsonNode row = api.get("conversations/" + id);

    assertThat(row.path("messages").get(0).path("message_type").asInt()).isEqualTo(2);
    assertThat(row.path("last_non_activity_message").path("private").asBoolean()).isTrue();
  }

  @Test
  void an_orphan_breaks_its_page_until_it_is_removed() throws Exception {
    open(1);
    simulator.account().contacts().deleteLeavingOrphans(contact);
    assertThat(api.response("conversations").statusCode()).isEqualTo(500);

    simulator.account().contacts().removeOrphans();

    assertThat(api.conversations("status=all")).isEmpty();
  }
}
