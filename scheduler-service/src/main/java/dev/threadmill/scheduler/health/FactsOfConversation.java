package dev.threadmill.scheduler.health;

import dev.threadmill.scheduler.health.Conversation.Kind;
import dev.threadmill.scheduler.health.Conversation.Message;
import dev.threadmill.scheduler.health.Conversation.Resolution;
import dev.threadmill.scheduler.health.Facts.End;
import dev.threadmill.scheduler.health.Facts.Rating;
import dev.threadmill.scheduler.health.Facts.Reply;
import dev.threadmill.scheduler.health.Facts.Visit;
import dev.threadmill.scheduler.health.Facts.Wait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes the facts of a conversation out of its messages and its resolutions. What was made before
 * plays no part, so equal rows make equal facts, whatever was stored when.
 */
final class FactsOfConversation {
  private final Conversation conversation;
  private final List<Message> messages;
  private final List<Message> customers;

  private FactsOfConversation(Conversation conversation) {
    this.conversation = conversation;
    this.messages =
        conversation.messages().stream()
            .sorted(Comparator.comparingLong(Message::at).thenComparingLong(Message::id))
            .toList();
    this.customers = messages.stream().filter(one -> one.kind() == Kind.CUSTOMER).toList();
  }

  /**
   * The facts with the time of the customer's last message.
   *
   * @param lastCustomerAt in seconds since 1970
   */
  record Found(Facts facts, long lastCustomerAt) {}

  /** Empty when the customer wrote nothing. */
  static Optional<Found> of(Conversation conversation) {
    var made = new FactsOfConversation(conversation);
    return made.customers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found(made.facts(), made.customers.getLast().at()));
  }

  private Facts facts() {
    List<End> ends = ends();
    var turns = new Turns(ends);
    messages.forEach(turns::hear);
    Message asked = turns.open();
    return new Facts(
        latest(turns.replies, Facts.MOST_REPLIES),
        asked == null || conversation.resolved() ? null : new Wait(asked.at(), asked.id()),
        latest(ends, Facts.MOST_ENDS),
        latest(ratings(), Facts.MOST_RATINGS),
        latest(turns.visits, Facts.MOST_VISITS));
  }

  /** Who has to answer whom, told in order of time. */
  private static final class Turns {
    private final List<Reply> replies = new ArrayList<>();
    private final List<Visit> visits = new ArrayList<>();
    private final Deque<End> ends;
    private @Nullable Message asked;
    private @Nullable Message customer;

    Turns(List<End> ends) {
      this.ends = new ArrayDeque<>(ends);
    }

    void hear(Message message) {
      while (!ends.isEmpty() && ends.getFirst().at() < message.at()) {
        // What the customer said last before that, thanks mostly, needs no answer.
        asked = null;
        ends.removeFirst();
      }
      if (message.kind() == Kind.CUSTOMER) {
        if (asked == null || message.at() - asked.at() > Facts.PATIENCE_SECONDS) {
          asked = message;
        }
        if (customer == null || message.at() - customer.at() > Facts.VISIT_SECONDS) {
          visits.add(new Visit(message.at(), message.id()));
        }
        customer = message;
      } else if (message.kind() == Kind.TEAM && asked != null) {
        replies.add(new Reply(message.at(), message.at() - asked.at(), asked.id(), message.id()));
        asked = null;
      }
    }

    /** The message that is not answered; null: none, or the conversation was ended after it. */
    @Nullable Message open() {
      return ends.isEmpty() ? asked : null;
    }
  }

  private List<Rating> ratings() {
    List<Rating> ratings = new ArrayList<>();
    for (Message message : messages) {
      Integer rating = message.rating();
      if (rating != null) {
        ratings.add(new Rating(message.at(), rating, message.id()));
      }
    }
    return ratings;
  }

  /**
   * Chatwoot shows no history of the status, so a resolution is known where the sync saw one, and
   * where a survey was sent. What lies between two messages of the customer is one resolution.
   */
  private List<End> ends() {
    NavigableSet<Long> times = new TreeSet<>();
    conversation.resolutions().forEach(one -> times.add(resolvedAt(one)));
    messages.stream().filter(one -> one.kind() == Kind.SURVEY).forEach(one -> times.add(one.at()));
    List<End> ends = new ArrayList<>();
    // Who came back after older ones is not read.
    for (long at : conversation.cut() ? times.tailSet(messages.getFirst().at()) : times) {
      End end =
          customers.stream()
              .filter(one -> one.at() > at)
              .findFirst()
              .map(back -> new End(at, back.at(), back.id()))
              .orElseGet(() -> new End(at, null, null));
      if (!ends.isEmpty() && Objects.equals(ends.getLast().back(), end.back())) {
        ends.removeLast();
      }
      ends.add(end);
    }
    return ends;
  }

  /**
   * The latest activity message since the look before (docs/adr/0029). Where the customer wrote
   * after that, it tells of something else, and the one of the resolution is not stored yet: what
   * was written until the conversation was shown resolved did not open it again.
   */
  private long resolvedAt(Resolution resolution) {
    long at =
        messages.stream()
            .filter(one -> one.kind() == Kind.ACTIVITY)
            .mapToLong(Message::at)
            .filter(time -> time > resolution.seenBefore() && time <= resolution.seenAt())
            .max()
            .orElse(resolution.shownAt());
    boolean wroteSince =
        customers.stream().anyMatch(one -> one.at() > at && one.at() <= resolution.shownAt());
    return wroteSince ? resolution.shownAt() : at;
  }

  private static <T> List<T> latest(List<T> all, int most) {
    return all.subList(Math.max(0, all.size() - most), all.size());
  }
}
