package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MessageListTest {
  private final SettableClock clock = new SettableClock();
  private final ChatwootSimulator simulator = ChatwootSimulator.start(clock);
  private final ApiClient api = new ApiClient(simulator);
  private long conversation;

  @BeforeEach
  void open() {
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    conversation = simulator.account().conversations().open(contact);
  }

  @AfterEach
  void close() {
    simulator.close();
  }

  private List<Long> write(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> simulator.account().messages().incoming(conversation, "Message " + i))
        .toList();
  }

  @Test
  void without_a_position_the_latest_20_come_in_rising_order() throws Exception {
    List<Long> ids = write(30);

    assertThat(api.messages(conversation, "")).isEqualTo(ids.subList(10, 30));
  }

  @Test
  void before_is_exclusive_and_gives_20() throws Exception {
    List<Long> ids = write(30);

    assertThat(api.messages(conversation, "before=" + ids.get(25))).isEqualTo(ids.subList(5, 25));
    assertThat(api.messages(conversation, "before=" + ids.get(0))).isEmpty();
  }

  @Test
  void after_is_exclusive_and_gives_100() throws Exception {
    List<Long> ids = write(130);

    assertThat(api.messages(conversation, "after=" + ids.get(0))).isEqualTo(ids.subList(1, 101));
    assertThat(api.messages(conversation, "after=0")).isEqualTo(ids.subList(0, 100));
  }

  @Test
  void the_id_window_includes_its_start_and_gives_1000() throws Exception {
    List<Long> ids = write(1100);

    assertThat(api.messages(conversation, "after=0&before=9223372036854775807"))
        .isEqualTo(ids.subList(0, 1000));
    assertThat(api.messages(conversation, "after=" + ids.get(5) + "&before=" + ids.get(9)))
        .isEqualTo(ids.subList(5, 9));
  }

  @Test
  void backdated_messages_are_ordered_by_time_so_an_after_loop_loses_them() throws Exception {
    List<Long> ids = write(100);
    long imported =
        simulator
            .account()
            .messages()
            .add(
                NewMessage.incoming(conversation, "From last year")
                    .createdAt(clock.instant().minus(Duration.ofDays(365))));

    List<Long> firstPage = api.messages(conversation, "after=0");

    assertThat(firstPage).startsWith(imported).doesNotContain(ids.getLast());
    assertThat(api.messages(conversation, "after=" + firstPage.getFirst())).isEmpty();
  }

  @Test
  void internal_messages_come_unless_filtered_by_any_text() throws Exception {
    long said = write(1).getFirst();
    simulator.account().messages().note(conversation, "Between us");
    simulator.account().messages().add(NewMessage.of(conversation, MessageType.ACTIVITY, "Moved"));

    assertThat(api.messages(conversation, "")).hasSize(3);
    assertThat(api.messages(conversation, "filter_internal_messages=false")).containsExactly(said);
  }

  @Test
  void absent_things_have_no_key() throws Exception {
    write(1);
    simulator.account().messages().add(NewMessage.of(conversation, MessageType.ACTIVITY, "Moved"));

    JsonNode rows = api.get("conversations/" + conversation + "/messages").path("payload");

    assertThat(rows.get(0).has("attachments")).isFalse();
    assertThat(rows.get(0).has("updated_at")).isFalse();
    assertThat(rows.get(0).path("sender").path("type").asString()).isEqualTo("contact");
    assertThat(rows.get(1).has("sender")).isFalse();
  }

  @Test
  void a_deletion_is_an_update_that_leaves_a_flag() throws Exception {
    long id = write(1).getFirst();
    simulator.account().messages().delete(id);

    JsonNode row = api.get("conversations/" + conversation + "/messages").path("payload").get(0);

    assertThat(row.path("id").asLong()).isEqualTo(id);
    assertThat(row.path("content_attributes").toString()).isEqualTo("{\"deleted\":true}");
    assertThat(row.path("content").asString()).isEqualTo(Message.DELETED_TEXT);
  }

  @Test
  void angle_brackets_and_line_separators_are_escaped_and_any_text_arrives() throws Exception {
    String text = "<b>A&B</b> \u2028 👩‍👩‍👧 שלום \u0000 \ud83d!";
    long id = simulator.account().messages().incoming(conversation, text);

    String body = api.response("conversations/" + conversation + "/messages").body();
    JsonNode row = api.get("conversations/" + conversation + "/messages").path("payload").get(0);

    assertThat(body)
        .contains("\\u003cb\\u003eA\\u0026B\\u003c/b\\u003e \\u2028 👩‍👩‍👧")
        .contains("\\ud83d!");
    assertThat(row.path("id").asLong()).isEqualTo(id);
    assertThat(row.path("content").asString()).isEqualTo(text);
  }

  @Test
  void the_embedded_contact_and_attachments_are_there() throws Exception {
    simulator
        .account()
        .messages()
        .add(
            NewMessage.incoming(conversation, null)
                .attachments(List.of(Map.of("file_type", "image", "data_url", "about:blank"))));

    JsonNode answer = api.get("conversations/" + conversation + "/messages");

    assertThat(answer.path("meta").path("contact").path("type").asString()).isEqualTo("contact");
    assertThat(answer.path("payload").get(0).path("content").isNull()).isTrue();
    assertThat(
            answer.path("payload").get(0).path("attachments").get(0).path("file_type").asString())
        .isEqualTo("image");
    assertThat(
            api.get("conversations/" + conversation + "/attachments")
                .path("meta")
                .path("total_count")
                .asInt())
        .isEqualTo(1);
  }

  @Test
  void a_created_message_is_the_token_owners_and_echoes_its_id() throws Exception {
    JsonNode created =
        api.post(
            "conversations/" + conversation + "/messages",
            "{\"content\":\"We are on it\",\"echo_id\":\"e-1\"}");

    assertThat(created.path("message_type").asInt()).isEqualTo(1);
    assertThat(created.path("echo_id").asString()).isEqualTo("e-1");
    assertThat(created.path("sender").path("name").asString()).isEqualTo("Noor");
    assertThat(simulator.truth().messages()).hasSize(1);
  }

  @Test
  void a_text_of_more_than_150_000_characters_is_refused() throws Exception {
    String body = "{\"content\":\"" + "x".repeat(150_001) + "\"}";

    assertThat(
            api.send("POST", "/api/v1/accounts/1/conversations/" + conversation + "/messages", body)
                .statusCode())
        .isEqualTo(422);
  }
}
