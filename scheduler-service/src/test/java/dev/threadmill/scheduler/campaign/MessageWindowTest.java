package dev.threadmill.scheduler.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MessageWindowTest {
  private static final UUID ID = UUID.randomUUID();
  private static final SearchedMessage WANTED = new SearchedMessage(ID, "Hi  Ada,\nbye", 100);

  private static String message(long id, int type, String content, String attributes) {
    return """
    {"id": %d, "message_type": %d, "content": "%s", "private": false, "content_attributes": %s}"""
        .formatted(id, type, content, attributes);
  }

  private static MessageWindow window(String... rows) {
    var window = new MessageWindow(WANTED);
    read(window, String.join(",", rows));
    return window;
  }

  private static void read(MessageWindow window, String rows) {
    window.read(
        new ByteArrayInputStream(
            ("{\"meta\": {\"labels\": []}, \"payload\": [" + rows + "]}")
                .getBytes(StandardCharsets.UTF_8)));
  }

  private static String mark(UUID id) {
    return "{\"threadmill_outbound_id\": \"%s\"}".formatted(id);
  }

  @Test
  void ours_is_known_by_its_mark_whatever_became_of_its_text() {
    assertThat(window(message(101, 0, "x", "{}"), message(102, 1, "edited", mark(ID))).answer())
        .isEqualTo(new LookAnswer.Found(102));
  }

  @Test
  void where_the_server_drops_the_mark_the_text_tells() {
    assertThat(window(message(103, 1, "Hi Ada, bye ", "{}")).answer())
        .isEqualTo(new LookAnswer.Found(103));
  }

  @Test
  void what_is_older_another_campaigns_private_or_said_by_the_customer_is_not_ours() {
    String text = "Hi Ada, bye";
    assertThat(
            window(
                    message(100, 1, text, "{}"),
                    message(101, 1, text, mark(UUID.randomUUID())),
                    message(102, 0, text, "{}"),
                    message(103, 1, text, "{}").replace("false", "true"),
                    message(104, 1, "another", "{}"))
                .answer())
        .isEqualTo(new LookAnswer.Absent());
  }

  @Test
  void a_deleted_message_of_the_team_may_have_been_ours_and_one_before_it_was_not() {
    assertThat(window(message(101, 1, "This message was deleted", "{\"deleted\": true}")).answer())
        .isEqualTo(new LookAnswer.Deleted());
    assertThat(window(message(99, 1, "This message was deleted", "{\"deleted\": true}")).answer())
        .isEqualTo(new LookAnswer.Absent());
  }

  @Test
  void a_full_window_says_nothing_unless_ours_is_in_it() {
    var window = new MessageWindow(WANTED);
    read(window, others(1000));
    assertThat(window.conclusive()).isFalse();
    var withOurs = new MessageWindow(WANTED);
    read(withOurs, others(999) + "," + message(1101, 1, "x", mark(ID)));
    assertThat(withOurs.conclusive()).isTrue();
    assertThat(withOurs.answer()).isEqualTo(new LookAnswer.Found(1101));
  }

  private static String others(int count) {
    return LongStream.rangeClosed(101, 100 + count)
        .mapToObj(id -> message(id, 1, "other", "{}"))
        .collect(Collectors.joining(","));
  }

  @Test
  void what_is_no_list_of_messages_is_not_read() {
    var window = new MessageWindow(WANTED);
    window.read(new ByteArrayInputStream("{\"error\": \"no\"}".getBytes(StandardCharsets.UTF_8)));
    assertThat(window.isRead()).isFalse();
  }
}
