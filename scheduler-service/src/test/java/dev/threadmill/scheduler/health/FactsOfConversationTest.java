package dev.threadmill.scheduler.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.scheduler.health.Conversation.Kind;
import dev.threadmill.scheduler.health.Conversation.Message;
import dev.threadmill.scheduler.health.Conversation.Resolution;
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

  private Facts open(Resolution... resolutions) {
    return facts(false, false, resolutions);
  }

  private Facts resolved(Resolution... resolutions) {
    return facts(true, false, resolutions);
  }

  private Facts facts(boolean resolved, boolean cut, Resolution... resolutions) {
    return FactsOfConversation.of(
            new Conversation(
                "cw:p:1:2", "cwc:p:1:3", resolved, List.of(resolutions), messages, cut))
        .orElseThrow()
        .facts();
  }

  @Test
  void a_turn_is_answered_by_the_first_answer_and_waits_from_its_first_message_on() {
    customer(1, 100).customer(2, 200).team(3, 700).team(4, 800).customer(5, 900).customer(6, 950);

    assertThat(open().replies()).containsExactly(new Reply(700, 600, 1, 3));
    assertThat(open().waits()).isEqualTo(new Wait(900, 5));
    assertThat(resolved().waits()).as("resolved").isNull();
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
                new Conversation("cw:p:1:2", null, false, List.of(), messages, false)))
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
  void a_resolution_counts_as_reopened_when_the_customer_writes_again() {
    var first = new Resolution(Long.MIN_VALUE, 350, 300);
    var second = new Resolution(950, 1150, 1100);
    customer(1, 100).team(2, 200).activity(3, 300);
    assertThat(resolved(first).ends()).containsExactly(new End(300, null, null));
    assertThat(open().ends()).as("nothing tells that it was resolved").isEmpty();

    customer(4, 900);
    assertThat(open(first).ends()).containsExactly(new End(300, 900L, 4L));

    team(5, 1000).activity(6, 1100);
    assertThat(resolved(first, second).ends())
        .containsExactly(new End(300, 900L, 4L), new End(1100, null, null));
  }

  @Test
  void a_resolution_whose_messages_are_not_stored_yet_was_not_taken_up_again_by_older_ones() {
    var resolution = new Resolution(Long.MIN_VALUE, 650, 600);
    customer(1, 100).activity(2, 150).customer(3, 400);
    assertThat(resolved(resolution).ends()).containsExactly(new End(600, null, null));

    team(4, 500).customer(5, 550).activity(6, 600);
    assertThat(resolved(resolution).ends()).containsExactly(new End(600, null, null));

    customer(7, 620);
    assertThat(open(resolution).ends()).containsExactly(new End(600, 620L, 7L));
  }

  @Test
  void a_survey_and_what_else_happens_after_a_resolution_make_it_no_second_one() {
    var resolution = new Resolution(Long.MIN_VALUE, 350, 305);
    customer(1, 100).team(2, 200).activity(3, 300).survey(4, 305, null);
    Facts first = resolved(resolution);
    activity(5, 400);

    assertThat(first.ends()).containsExactly(new End(305, null, null));
    assertThat(resolved(resolution)).as("a label moves nothing").isEqualTo(first);
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
  void what_came_of_a_resolution_is_told_only_where_all_that_followed_is_read() {
    var old = new Resolution(Long.MIN_VALUE, 100, 100);
    customer(50, 10 * DAY).survey(51, 11 * DAY, null);

    assertThat(facts(false, true, old).ends()).containsExactly(new End(11 * DAY, null, null));
    assertThat(open(old).ends())
        .containsExactly(new End(100, 10 * DAY, 50L), new End(11 * DAY, null, null));
  }
}
