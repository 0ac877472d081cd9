package dev.threadmill.scheduler.health;

import dev.threadmill.scheduler.health.Facts.End;
import dev.threadmill.scheduler.health.Facts.Rating;
import dev.threadmill.scheduler.health.Facts.Reply;
import dev.threadmill.scheduler.health.Facts.Visit;
import dev.threadmill.scheduler.health.Facts.Wait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that is known of one contact.
 *
 * @param visits over all conversations, in order of time
 * @param lastCustomerAt when the contact wrote last, in seconds since 1970
 */
record Story(
    List<Reply> replies,
    List<Wait> waits,
    List<End> ends,
    List<Rating> ratings,
    List<Visit> visits,
    List<Trouble> troubles,
    long lastCustomerAt) {
  /** Of the facts of the contact's conversations. */
  static Story of(List<Facts> conversations, List<Trouble> troubles, long lastCustomerAt) {
    return new Story(
        conversations.stream().flatMap(facts -> facts.replies().stream()).toList(),
        conversations.stream().flatMap(facts -> Stream.ofNullable(facts.waits())).toList(),
        conversations.stream().flatMap(facts -> facts.ends().stream()).toList(),
        conversations.stream().flatMap(facts -> facts.ratings().stream()).toList(),
        together(conversations),
        List.copyOf(troubles),
        lastCustomerAt);
  }

  /** A visit in two conversations at once is one. */
  private static List<Visit> together(List<Facts> conversations) {
    List<Visit> visits = new ArrayList<>();
    conversations.stream()
        .flatMap(facts -> facts.visits().stream())
        .sorted(Comparator.comparingLong(Visit::at).thenComparingLong(Visit::message))
        .forEach(
            visit -> {
              if (visits.isEmpty() || visit.at() - visits.getLast().at() > Facts.VISIT_SECONDS) {
                visits.add(visit);
              }
            });
    return List.copyOf(visits);
  }
}
