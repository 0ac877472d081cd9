package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.testing.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ContactsTest {
  private final ChatwootSimulator simulator = ChatwootSimulator.start(new SettableClock());
  private final ApiClient api = new ApiClient(simulator);

  @AfterEach
  void close() {
    simulator.close();
  }

  @Test
  void the_list_has_15_per_page_and_no_anonymous_visitors() throws Exception {
    for (int i = 10; i < 30; i++) {
      simulator.account().contacts().add("Visitor " + i, "v" + i + "@example.com");
    }
    long anonymous = simulator.account().contacts().add("Nobody", null);

    JsonNode first = api.get("contacts?sort=name&page=1");
    JsonNode second = api.get("contacts?sort=name&page=2");

    assertThat(first.path("meta").path("count").asInt()).isEqualTo(20);
    assertThat(first.path("meta").path("current_page").isString()).isTrue();
    assertThat(api.get("contacts").path("meta").path("current_page").isNumber()).isTrue();
    assertThat(first.path("payload")).hasSize(15);
    assertThat(second.path("payload")).hasSize(5);
    assertThat(api.get("contacts?sort=-name").path("payload").get(0).path("name").asString())
        .isEqualTo("Visitor 29");
    assertThat(ApiClient.ids(second.path("payload"))).doesNotContain(anonymous);
    assertThat(api.get("contacts/" + anonymous).path("payload").path("name").asString())
        .isEqualTo("Nobody");
  }

  @Test
  void the_last_activity_is_absent_until_there_is_one() throws Exception {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    assertThat(api.get("contacts/" + contact).path("payload").has("last_activity_at")).isFalse();

    simulator
        .account()
        .messages()
        .incoming(simulator.account().conversations().open(contact), "Hi");

    JsonNode payload = api.get("contacts/" + contact).path("payload");
    assertThat(payload.path("last_activity_at").isIntegralNumber()).isTrue();
    assertThat(payload.path("contact_inboxes")).hasSize(1);
    assertThat(
            api.get("contacts/" + contact + "?include_contact_inboxes=false")
                .path("payload")
                .has("contact_inboxes"))
        .isFalse();
  }

  @Test
  void a_contact_shows_its_newest_20_conversations_only() throws Exception {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    for (int i = 0; i < 25; i++) {
      simulator.account().conversations().open(contact);
    }

    assertThat(api.get("contacts/" + contact + "/conversations").path("payload")).hasSize(20);
  }

  @Test
  void merged_contacts_leave_no_trace_of_the_mergee() throws Exception {
    long base = simulator.account().contacts().add("Ada", "ada@example.com");
    long mergee = simulator.account().contacts().add("A.", null);
    long conversation = simulator.account().conversations().open(mergee);

    api.post(
        "actions/contact_merge",
        "{\"base_contact_id\":" + base + ",\"mergee_contact_id\":" + mergee + "}");

    assertThat(api.response("contacts/" + mergee).statusCode()).isEqualTo(404);
    assertThat(
            api.get("conversations/" + conversation)
                .path("meta")
                .path("sender")
                .path("id")
                .asLong())
        .isEqualTo(base);
  }

  @Test
  void inboxes_agents_and_labels_have_their_envelopes() throws Exception {
    assertThat(api.get("inboxes").path("payload")).hasSize(4);
    assertThat(api.get("agents").isArray()).isTrue();
    assertThat(api.get("labels").path("payload").isArray()).isTrue();
  }
}
