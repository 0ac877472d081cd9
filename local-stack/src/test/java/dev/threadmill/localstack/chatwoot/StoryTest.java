package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.Truth;
import dev.threadmill.localstack.chatwoot.story.LargeAccount;
import dev.threadmill.localstack.chatwoot.story.LiveTraffic;
import dev.threadmill.localstack.chatwoot.story.Story;
import dev.threadmill.localstack.testing.SettableClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StoryTest {
  private final SettableClock clock = new SettableClock();

  private ChatwootAccount told() {
    ChatwootAccount account = new ChatwootAccount(1, clock, 42);
    Story.tell(account, 42);
    return account;
  }

  private static List<String> texts(Truth truth) {
    return truth.messages().stream().map(Message::content).toList();
  }

  @Test
  void it_has_about_300_conversations_and_is_the_same_for_the_same_seed() {
    Truth truth = told().truth();

    assertThat(truth.conversations()).hasSizeBetween(290, 310);
    assertThat(truth.messages()).hasSizeBetween(1500, 3500);
    assertThat(truth.messages()).isEqualTo(told().truth().messages());
  }

  @Test
  void it_fills_the_last_sixty_days_with_ids_that_rise_with_time() {
    Truth truth = told().truth();

    assertThat(truth.messages())
        .allSatisfy(
            m ->
                assertThat(m.createdAt())
                    .isBetween(clock.instant().minus(Duration.ofDays(61)), clock.instant()));
    assertThat(truth.messages()).extracting(m -> m.createdAt().getEpochSecond()).isSorted();
    assertThat(truth.conversations())
        .allSatisfy(c -> assertThat(c.updatedAt()).isBeforeOrEqualTo(clock.instant()));
  }

  @Test
  void no_place_in_a_text_stays_unfilled_and_texts_vary() {
    Truth truth = told().truth();
    List<String> customers =
        truth.messages().stream()
            .filter(m -> m.type() == MessageType.INCOMING)
            .map(Message::content)
            .toList();

    assertThat(texts(truth)).noneMatch(text -> text.matches("(?s).*\\{[a-z]+}.*"));
    assertThat(new HashSet<>(customers).size()).isGreaterThan(customers.size() * 6 / 10);
    assertThat(customers).anyMatch(t -> t.contains("верн")).anyMatch(t -> t.contains("استرداد"));
  }

  @Test
  void the_cases_that_others_rely_on_are_there() {
    Truth truth = told().truth();

    for (String text :
        List.of(
            "This is outrageous.",
            "тариф Business",
            "Weekly order, without mugs",
            "<script>alert(1)</script>",
            "Unsubscribe me from all campaigns",
            "Yes, I was about to ask.",
            "👩‍👩‍👧‍👦")) {
      assertThat(texts(truth)).anyMatch(content -> content.contains(text));
    }
    assertMessages(truth, Message::deleted);
    assertMessages(truth, Message::isPrivate);
    assertMessages(truth, m -> m.type() == MessageType.ACTIVITY);
    assertMessages(truth, m -> m.type() == MessageType.TEMPLATE);
    assertMessages(truth, m -> m.contentType().equals("input_csat"));
    assertMessages(truth, m -> m.contentAttributes().containsKey("submitted_values"));
    assertMessages(truth, m -> m.contentAttributes().toString().contains("<blockquote>"));
    assertMessages(truth, m -> String.valueOf(m.content()).startsWith("<div dir=\"ltr\">"));
    Set<String> statuses =
        truth.conversations().stream().map(Conversation::status).collect(Collectors.toSet());
    assertThat(statuses).contains("open", "resolved");
    assertThat(truth.contacts()).anyMatch(c -> !c.listed());
  }

  private static void assertMessages(Truth truth, Predicate<Message> which) {
    assertThat(truth.messages()).anyMatch(which);
  }

  @Test
  void addresses_lead_nowhere() {
    assertThat(told().truth().contacts())
        .allSatisfy(
            c ->
                assertThat(c.email() == null ? "x@example.com" : c.email())
                    .matches(".+@example\\.(com|org)"));
  }

  @Test
  void live_traffic_adds_and_changes_messages() {
    ChatwootAccount account = told();
    Truth before = account.truth();
    clock.advance(Duration.ofMinutes(1));
    try (LiveTraffic live = new LiveTraffic(account, 7)) {
      for (int i = 0; i < 300; i++) {
        live.step();
      }
    }
    Truth after = account.truth();

    assertThat(after.messages().size()).isGreaterThan(before.messages().size() + 250);
    assertThat(after.conversations().size()).isGreaterThan(before.conversations().size() + 20);
    assertMessages(after, m -> String.valueOf(m.content()).endsWith("(Sorry for the typo!)"));
  }

  @Test
  void a_large_account_has_exactly_the_messages_asked_for() {
    ChatwootAccount account = new ChatwootAccount(1, clock, 42);
    LargeAccount.fill(account, 100, 2000, 42);
    Truth truth = account.truth();

    assertThat(truth.conversations()).hasSize(100);
    assertThat(new HashSet<>(texts(truth))).hasSize(2000);
    assertThat(truth.messages()).extracting(Message::createdAt).isSorted();
  }
}
