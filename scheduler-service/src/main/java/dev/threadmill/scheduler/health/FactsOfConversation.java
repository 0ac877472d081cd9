package dev.threadmill.scheduler.health;

import dev.threadmill.scheduler.health.Conversation.Kind;
import dev.threadmill.scheduler.health.Conversation.Message;
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
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the facts of a conversation out of its messages. */
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

  /**
   * @param before the facts as they were; null: there were none
   * @return empty when the customer wrote nothing
   */
  static Optional<Found> of(Conversation conversation, @Nullable Facts before) {
    var made = new FactsOfConversation(conversation);
    return made.customers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found(made.facts(before), made.customers.getLast().at()));
  }

  private Facts facts(@Nullable Facts before) {
    List<End> ends = ends(before);
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
   * Chatwoot shows no history of the status, so a resolution is known where a survey was sent, and
   * where this job saw the conversation resolved: those it keeps. What lies between two messages of
   * the customer is one resolution.
   */
  private List<End> ends(@Nullable Facts before) {
    NavigableMap<Long, End> known = new TreeMap<>();
    if (before != null) {
      before.ends().forEach(end -> known.put(end.at(), end));
    }
    messages.stream()
        .filter(one -> one.kind() == Kind.SURVEY)
        .forEach(one -> known.putIfAbsent(one.at(), new End(one.at(), null, null)));
    if (conversation.resolved()) {
      known.putIfAbsent(resolvedAt(), new End(resolvedAt(), null, null));
    }
    List<End> ends = new ArrayList<>();
    for (End end : known.values()) {
      End now = new End(end.at(), null, null);
      Message back = customers.stream().filter(one -> one.at() > end.at()).findFirst().orElse(null);
      if (unread(end)) {
        now = end;
      } else if (back != null) {
        now = new End(end.at(), back.at(), back.id());
      }
      if (!ends.isEmpty() && Objects.equals(ends.getLast().back(), now.back())) {
        ends.removeLast();
      }
      ends.add(now);
    }
    return ends;
  }

  /** Whether the customer came back with a message that is too old to be read again. */
  private boolean unread(End end) {
    return conversation.cut() && end.backAt() != null && end.backAt() < messages.getFirst().at();
  }

  /** As GET /conversations tells it: the latest activity, else when something happened last. */
  private long resolvedAt() {
    return messages.stream()
        .filter(one -> one.kind() == Kind.ACTIVITY)
        .max(Comparator.comparingLong(Message::id))
        .map(Message::at)
        .orElse(conversation.lastActivityAt());
  }

  private static <T> List<T> latest(List<T> all, int most) {
    return all.subList(Math.max(0, all.size() - most), all.size());
  }
}
