package dev.threadmill.scheduler.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.campaign.QuietHours;
import dev.threadmill.scheduler.campaign.Desk.Customer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets no message, or not yet: opt-outs, caps and quiet hours. */
class LimitsIT extends CampaignRuns {
  @Test
  void an_opt_out_goes_along_when_chatwoot_merges_its_contact_into_another() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    optOut(ada);
    desk.move(
        "cw_conversations set contact_global_id = '%s' where contact_global_id = '%s'"
            .formatted(bo.contactId(), ada.contactId()));
    desk.move("outbound_messages set state = 'ready', due_at = now() where state = 'waiting'");

    run();

    assertThat(desk.member(bo)).isEqualTo("stopped opted_out");
    assertThat(desk.outgoing(bo)).isEmpty();
  }

  @Test
  void who_got_a_message_as_a_contact_that_was_merged_gets_it_no_second_time_nor_too_many_a_week() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    desk.campaign(Desk.rules(true, 100, 100, 10, null), Desk.step(0, "hello"));
    run();
    desk.move(
        "outbound_messages set state = 'ready', due_at = now() where contact_global_id = '%s'"
            .formatted(ada.contactId()));
    run();
    desk.move(
        "cw_conversations set contact_global_id = '%s' where contact_global_id = '%s'"
            .formatted(bo.contactId(), ada.contactId()));
    desk.move("cw_contacts set deleted_at = now() where contact_id = " + ada.contact());
    desk.move("outbound_messages set state = 'ready', due_at = now() where state = 'waiting'");
    desk.campaign(Desk.rules(false, 100, 100, 1, null), Desk.step(0, "another one"));

    run();

    assertThat(desk.outgoing(ada)).containsExactly("hello");
    assertThat(desk.outgoing(bo)).isEmpty();
    assertThat(
            jdbc.sql(
                    """
                    select o.text || ' ' || o.state || ' ' || coalesce(m.stop_reason, '')
                    from outbound_messages o join campaign_members m using (campaign_id, contact_global_id)
                    where o.contact_global_id = :contact order by o.text
                    """)
                .param("contact", bo.contactId())
                .query(String.class)
                .list())
        .as("it had one this week")
        .containsExactly("another one ready ", "hello cancelled merged");
  }

  @Test
  void who_answers_a_campaign_that_they_want_no_more_has_opted_out() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    Customer cy = desk.customer("Cy");
    desk.writes(cy, "Stop");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    run();

    desk.writes(ada, "Please don't write to me again!");
    desk.writes(bo, "I don't get any messages, please stop by");

    assertThat(optedOut()).containsExactly(ada.contactId());
  }

  @Test
  void a_wish_for_no_more_counts_in_a_new_conversation_too_and_the_next_campaign_keeps_to_it() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.free(), Desk.step(0, "hello"));
    run();
    Customer bo = desk.customer("Bo");

    desk.writes(desk.again(ada), "STOP, please");
    desk.writes(desk.again(bo), "STOP, please");

    assertThat(optedOut()).as("nobody wrote to Bo").containsExactly(ada.contactId());
    desk.campaign(Desk.free(), Desk.step(0, "hello again"));
    run();
    assertThat(desk.outgoing(ada)).containsExactly("hello");
  }

  private List<String> optedOut() {
    return jdbc.sql("select contact from campaign_opt_outs where project_id = :project")
        .param("project", desk.project)
        .query(String.class)
        .list();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "STOP!; true",
        "Hello, please UNSUBSCRIBE me; true",
        "Stop writing me.; true",
        "Por favor, no me escriban más; true",
        "Não quero receber mais mensagens; true",
        "Bitte schreiben Sie mir nicht mehr.; true",
        "Je ne souhaite plus recevoir de messages; true",
        "НЕ ПИШИТЕ МНЕ БОЛЬШЕ; true",
        "Стоп; true",
        "Please stop; true",
        "Stop, please!; true",
        "Bitte abmelden; true",
        "Désabonner, s’il vous plaît; true",
        "Стоп, пожалуйста; true",
        "Please; false",
        "The printer stops after one page; false",
        "I have no more messages in my inbox; false",
        "Ich bekomme keine Nachrichten mehr; false",
        "Do not contact me at this number, use the other one; false",
        "No quiero esperar más; false",
        "Je ne reçois plus de messages; false",
        "Почему вы мне не пишете?; false"
      })
  void only_whole_phrases_say_that_somebody_wants_no_more(String text, boolean wantsNoMore) {
    assertThat(
            jdbc.sql("select wants_no_more(:text)")
                .param("text", text)
                .query(Boolean.class)
                .single())
        .isEqualTo(wantsNoMore);
  }

  @Test
  void caps_count_what_went_out_in_a_window_that_slides() {
    List<Customer> all = List.of("Ada", "Bo", "Cy").stream().map(desk::customer).toList();
    desk.campaign(Desk.rules(false, 2, 100, 10, null), Desk.step(0, "one"), Desk.step(0, "two"));
    run();
    run();
    // The third waits, and what is due later waits behind it.
    assertThat(sent()).isEqualTo(2);
    desk.move(
        "outbound_messages set claimed_at = claimed_at - interval '24 hours' where claimed_at is not null");
    run();
    assertThat(sent()).isEqualTo(4);
    assertThat(all).allMatch(customer -> desk.outgoing(customer).getFirst().equals("one"));
    // Half of the window is over.
    desk.move(
        "outbound_messages set claimed_at = claimed_at - interval '12 hours' where claimed_at is not null");
    run();
    assertThat(sent()).isEqualTo(4);
    desk.move(
        "outbound_messages set claimed_at = claimed_at - interval '12 hours' where claimed_at is not null");
    run();
    assertThat(sent()).isEqualTo(6);
  }

  @Test
  void a_run_counts_a_window_again_only_when_what_it_claimed_since_might_fill_it() {
    List<Instant> counted = new ArrayList<>();
    Instant begun = Instant.parse("2026-03-01T10:00:00Z");
    Instant week = begun.minus(Duration.ofDays(7));
    var claimed = new AtomicInteger();
    var cap = new Cap();
    Function<Instant, Boolean> full =
        now ->
            cap.full(
                10,
                now,
                Duration.ofDays(7),
                since -> {
                  counted.add(since);
                  return since.isAfter(week.plusSeconds(60)) ? claimed.get() : 6 + claimed.get();
                });

    assertThat(full.apply(begun)).isFalse();
    claimed.set(3);
    assertThat(full.apply(begun.plusSeconds(1))).isFalse();
    assertThat(counted).containsExactly(week, begun.minusSeconds(60));
    claimed.set(4);
    assertThat(full.apply(begun.plusSeconds(2))).isTrue();
    assertThat(counted).last().isEqualTo(week.plusSeconds(2));
    assertThat(full.apply(begun.plusSeconds(100))).as("four have left the window").isFalse();
  }

  @Test
  void a_contact_and_a_project_get_so_many_messages_a_week_over_all_campaigns() {
    Customer ada = desk.customer("Ada");
    desk.campaign(Desk.rules(false, 100, 100, 1, null), Desk.step(0, "one"));
    desk.campaign(Desk.rules(false, 100, 100, 1, null), Desk.step(0, "two"));
    run();

    assertThat(desk.outgoing(ada)).hasSize(1);
    int dueIn =
        jdbc.sql(
                "select extract(epoch from due_at - now())::int from outbound_messages where state = 'ready' and project_id = :project")
            .param("project", desk.project)
            .query(Integer.class)
            .single();
    assertThat(dueIn).isBetween(7 * 86_400 - 120, 7 * 86_400);

    Desk other = new Desk(jdbc, newProject(), sources, secrets);
    try (other) {
      desk.close();
      desk = other;
      List<Customer> all = List.of("Bo", "Cy", "Di").stream().map(desk::customer).toList();
      desk.campaign(Desk.rules(false, 100, 2, 10, null), Desk.step(0, "three"));
      run();
      assertThat(sent()).isEqualTo(2);
      desk.move(
          "outbound_messages set claimed_at = claimed_at - interval '7 days' where state = 'sent'");
      run();
      assertThat(all).allMatch(customer -> desk.outgoing(customer).size() == 1);
    }
  }

  @Test
  void a_campaign_whose_projects_week_is_full_keeps_no_other_from_sending() {
    List<Customer> all = List.of("Ada", "Bo").stream().map(desk::customer).toList();
    desk.campaign(Desk.rules(false, 100, 1, 10, null), Desk.step(0, "few"));
    desk.campaign(Desk.rules(false, 100, 100, 10, null), Desk.step(0, "many"));

    run();

    assertThat(all).allMatch(customer -> desk.outgoing(customer).contains("many"));
    assertThat(sent()).isLessThan(4);
  }

  @Test
  void quiet_hours_put_a_message_off_until_they_are_over() {
    Customer ada = desk.customer("Ada");
    Customer bo = desk.customer("Bo");
    // Where Bo lives it is twelve hours later.
    desk.move(
        "cw_contacts set data = '{\"custom_attributes\": {\"timezone\": \"Etc/GMT-12\"}}' where contact_id = "
            + bo.contact());
    var hour = DateTimeFormatter.ofPattern("HH:mm");
    LocalTime now = LocalTime.now(ZoneOffset.UTC);
    var quiet =
        new QuietHours(now.minusHours(2).format(hour), now.plusHours(2).format(hour), "contact");
    desk.campaign(Desk.rules(false, 100, 100, 10, quiet), Desk.step(0, "hello"));

    Ended ended = run();

    assertThat(ended.result()).contains("\"postponed\": 1", "\"sent\": 1");
    assertThat(desk.outgoing(ada)).isEmpty();
    assertThat((Integer) desk.message(ada).get("due_in")).isBetween(7_000, 7_260);
    assertThat(desk.outgoing(bo)).containsExactly("hello");
  }
}
