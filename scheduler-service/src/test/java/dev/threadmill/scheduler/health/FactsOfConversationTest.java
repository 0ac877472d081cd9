package dev.threadmill.scheduler.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.scheduler.health.Conversation.Kind;
import dev.threadmill.scheduler.health.Conversation.Message;
import dev.threadmill.scheduler.health.Facts.End;
import dev.threadmill.scheduler.health.Facts.Rating;
import dev.threadmill.scheduler.health.Facts.Reply;
import dev.threadmill.scheduler.health.Facts.Visit;
import dev.threadmill.scheduler.health.Facts.Wait;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FactsOfConversationTest {
  private static final long DAY = 86_400;

  private final List<Message> messages = new ArrayList<>();

  private FactsOfConversationTest customer(long id, long at) {
    messages.add(new Message(id, Kind.CUSTOMER, at, null));
    return this;
  }

  private FactsOfConversationTest team(long id, long at) {
    messages.add(new Message(id, Kind.TEAM, at, null));
    return this;
  }

  private FactsOfConversationTest activity(long id, long at) {
    messages.add(new Message(id, Kind.ACTIVITY, at, null));
    return this;
  }

  private FactsOfConversationTest survey(long id, long at, @Nullable Integer rating) {
    messages.add(new Message(id, Kind.SURVEY, at, rating));
    return this;
  }

  private Facts open() {
    return facts(false, null);
  }

  private Facts facts(boolean resolved, @Nullable Facts before) {
    return FactsOfConversation.of(
            new Conversation("cw:p:1:2", "cwc:p:1:3", resolved, 0, messages, false), before)
        .orElseThrow()
        .facts();
  }

  @Test
  void a_turn_is_answered_by_the_first_answer_and_waits_from_its_first_message_on() {
    customer(1, 100).customer(2, 200).team(3, 700).team(4, 800).customer(5, 900).customer(6, 950);

    assertThat(open().replies()).containsExactly(new Reply(700, 600, 1, 3));
    assertThat(open().waits()).isEqualTo(new Wait(900, 5));
    assertThat(facts(true, null).waits()).as("resolved").isNull();
  }

  @Test
  void the_order_of_the_times_counts_and_not_the_one_of_the_rows() {
    team(3, 700).customer(1, 100);

    assertThat(open().replies()).containsExactly(new Reply(700, 600, 1, 3));
  }

  @Test
  void a_conversation_in_which_the_customer_wrote_nothing_has_no_facts() {
    team(3, 700).activity(4, 800);

    assertThat(
            FactsOfConversation.of(
                new Conversation("cw:p:1:2", null, false, 0, messages, false), null))
        .isEmpty();
  }

  @Test
  void thanks_at_the_end_wait_for_no_answer_when_the_customer_comes_back() {
    customer(1, 100)
        .team(2, 200)
        .customer(3, 300)
        .survey(4, 400, 5)
        .customer(5, 50_000)
        .team(6, 50_060);

    assertThat(open().replies())
        .containsExactly(new Reply(200, 100, 1, 2), new Reply(50_060, 60, 5, 6));
    assertThat(open().ratings()).containsExactly(new Rating(400, 5, 4));
  }

  @Test
  void who_writes_again_after_weeks_has_given_up_on_the_old_question() {
    customer(1, 100).customer(2, 100 + 20 * DAY).team(3, 160 + 20 * DAY);

    assertThat(open().replies()).containsExactly(new Reply(160 + 20 * DAY, 60, 2, 3));
  }

  @Test
  void a_resolution_is_remembered_and_counts_as_reopened_when_the_customer_writes_again() {
    customer(1, 100).team(2, 200).activity(3, 300);
    Facts resolved = facts(true, null);
    assertThat(resolved.ends()).containsExactly(new End(300, null, null));
    assertThat(open().ends()).as("nothing tells that it was resolved").isEmpty();

    customer(4, 900);
    Facts again = facts(false, resolved);
    assertThat(again.ends()).containsExactly(new End(300, 900L, 4L));

    team(5, 1000).activity(6, 1100);
    assertThat(facts(true, again).ends())
        .containsExactly(new End(300, 900L, 4L), new End(1100, null, null));
  }

  @Test
  void a_survey_and_what_else_happens_after_a_resolution_make_it_no_second_one() {
    customer(1, 100).team(2, 200).activity(3, 300).survey(4, 305, null);
    Facts first = facts(true, null);
    activity(5, 400);
    Facts labelled = facts(true, first);

    assertThat(first.ends()).hasSize(1);
    assertThat(labelled.ends()).containsExactly(new End(400, null, null));
    assertThat(facts(true, labelled)).as("again, without news").isEqualTo(labelled);
  }

  @Test
  void messages_of_half_a_day_are_one_visit() {
    customer(1, 0).customer(2, 30_000).customer(3, 60_000).customer(4, 60_000 + DAY);

    assertThat(open().visits()).containsExactly(new Visit(0, 1), new Visit(60_000 + DAY, 4));
  }

  @Test
  void what_is_kept_of_a_long_conversation_is_bounded_and_is_the_latest() {
    for (int i = 0; i < 100; i++) {
      customer(4 * i + 1, i * DAY).team(4 * i + 2, i * DAY + 60).survey(4 * i + 3, i * DAY + 90, 3);
    }
    Facts facts = open();

    assertThat(facts.replies()).hasSize(Facts.MOST_REPLIES);
    assertThat(facts.ends()).hasSize(Facts.MOST_ENDS);
    assertThat(facts.ratings()).hasSize(Facts.MOST_RATINGS);
    assertThat(facts.visits()).hasSize(Facts.MOST_VISITS);
    assertThat(facts.replies().getLast().question()).isEqualTo(397);
  }

  @Test
  void a_return_that_is_too_old_to_be_read_again_stays_known() {
    Facts before =
        new Facts(List.of(), null, List.of(new End(100, 200L, 7L)), List.of(), List.of());
    customer(50, 10 * DAY);

    assertThat(
            FactsOfConversation.of(
                    new Conversation("cw:p:1:2", null, false, 0, messages, true), before)
                .orElseThrow()
                .facts()
                .ends())
        .containsExactly(new End(100, 200L, 7L));
    assertThat(facts(false, before).ends())
        .as("all was read, and that message is gone")
        .containsExactly(new End(100, 10 * DAY, 50L));
  }
}
