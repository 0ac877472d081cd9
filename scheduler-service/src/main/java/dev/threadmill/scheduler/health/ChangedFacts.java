package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.database.Undisturbed;
import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import dev.threadmill.scheduler.insight.SignalChangesTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the facts of conversations in step with the conversations, and makes the contacts of those
 * that changed due: the one a conversation had and the one it has now.
 */
@Component
class ChangedFacts {
  private static final Logger log = LoggerFactory.getLogger(ChangedFacts.class);
  private static final int NOTED_AT_ONCE = 2_000;

  private final ChangedConversations changes;
  private final SignalChangesTable signals;
  private final StoredConversations conversations;
  private final HealthFactsTable facts;
  private final DueContacts due;
  private final TransactionTemplate transaction;

  ChangedFacts(
      ChangedConversations changes,
      SignalChangesTable signals,
      StoredConversations conversations,
      HealthFactsTable facts,
      DueContacts due,
      TransactionTemplate transaction) {
    this.changes = changes;
    this.signals = signals;
    this.conversations = conversations;
    this.facts = facts;
    this.due = due;
    this.transaction = transaction;
  }

  /** What changed itself or has other signals; some of the latter first, for many changed both. */
  List<Changed> next(UUID project, int limit) {
    boolean noted = noteSignals(project);
    List<Changed> next = changes.next(project, ChangeReader.HEALTH, limit);
    while (next.isEmpty() && noted) {
      noted = noteSignals(project);
      next = changes.next(project, ChangeReader.HEALTH, limit);
    }
    return next;
  }

  private boolean noteSignals(UUID project) {
    return Undisturbed.get(
        () ->
            Objects.requireNonNull(
                transaction.execute(
                    status -> {
                      List<String> some = signals.take(project, ChangeReader.HEALTH, NOTED_AT_ONCE);
                      changes.note(project, ChangeReader.HEALTH, some);
                      return !some.isEmpty();
                    })));
  }

  /**
   * @return how many of them failed, and are set aside
   */
  int work(UUID project, List<Changed> changed) {
    try {
      Undisturbed.run(() -> transaction.executeWithoutResult(status -> write(project, changed)));
      return 0;
    } catch (RuntimeException failed) {
      if (DatabaseFailures.passes(failed)) {
        throw failed;
      }
      if (changed.size() == 1) {
        log.warn(
            "the health facts of {} can't be made", changed.getFirst().conversationId(), failed);
        changes.setAside(ChangeReader.HEALTH, changed.getFirst());
        return 1;
      }
      // One of them spoils it for the others.
      return changed.stream().mapToInt(one -> work(project, List.of(one))).sum();
    }
  }

  private void write(UUID project, List<Changed> batch) {
    List<Changed> changed = changes.lock(project, ChangeReader.HEALTH, batch);
    if (changed.isEmpty()) {
      return;
    }
    List<String> ids = changed.stream().map(Changed::conversationId).sorted().toList();
    Map<String, HealthFactsTable.Row> before = facts.lock(ids);
    Map<String, Conversation> now = new HashMap<>();
    conversations.read(ids).forEach(one -> now.put(one.id(), one));
    List<HealthFactsTable.New> rows = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    Set<String> contacts = new TreeSet<>();
    for (String id : ids) {
      HealthFactsTable.Row row = before.get(id);
      Conversation conversation = now.get(id);
      if (row != null) {
        contacts.addAll(nameOf(row.contactId()));
      }
      if (conversation != null) {
        contacts.addAll(nameOf(conversation.contactId()));
      }
      made(conversation)
          .ifPresentOrElse(
              rows::add,
              () -> {
                if (row != null) {
                  gone.add(id);
                }
              });
    }
    facts.write(project, rows);
    facts.delete(gone);
    due.add(contacts);
    changes.done(ChangeReader.HEALTH, changed);
  }

  private static Optional<HealthFactsTable.New> made(@Nullable Conversation conversation) {
    if (conversation == null) {
      return Optional.empty();
    }
    return FactsOfConversation.of(conversation)
        .map(found -> new HealthFactsTable.New(conversation.id(), conversation.contactId(), found));
  }

  private static List<String> nameOf(@Nullable String contact) {
    return contact == null ? Collections.emptyList() : List.of(contact);
  }
}
