package dev.threadmill.scheduler.signals;

import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import dev.threadmill.scheduler.signals.CustomerMessages.Conversation;
import dev.threadmill.scheduler.signals.MessageReader.Readings;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads conversations that changed, by the rules. */
@Component
final class ConversationPass {
  private final ChangedConversations changes;
  private final CustomerMessages messages;
  private final MessageReader reader;
  private final SignalTable signals;
  private final Silence silence;
  private final TransactionTemplate transaction;

  ConversationPass(
      ChangedConversations changes,
      CustomerMessages messages,
      MessageReader reader,
      SignalTable signals,
      Silence silence,
      TransactionTemplate transaction) {
    this.changes = changes;
    this.messages = messages;
    this.reader = reader;
    this.signals = signals;
    this.silence = silence;
    this.transaction = transaction;
  }

  /**
   * @param read messages of customers
   * @param failed messages that can't be worked on; nothing is known of them
   */
  record Result(int read, int failed, Written written) {
    static final Result NOTHING = new Result(0, 0, Written.NOTHING);
  }

  /** Works a batch in one transaction; when it fails, nothing of it is written. */
  Result work(UUID project, List<Changed> batch, RulesInForce rules) {
    return inTransaction(() -> inside(project, batch, reader.many(project, rules)));
  }

  /**
   * Works one conversation message by message: one that can't be worked on keeps no other from it.
   * Where there is one, the conversation is set aside, and all of it that changed read again later.
   */
  Result oneByOne(UUID project, Changed conversation, RulesInForce rules) {
    var alone =
        new TransactionTemplate(Objects.requireNonNull(transaction.getTransactionManager()));
    alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    return inTransaction(
        () -> inside(project, List.of(conversation), reader.each(project, rules, alone)));
  }

  private Result inTransaction(Supplier<Result> work) {
    return Objects.requireNonNull(transaction.execute(status -> work.get()));
  }

  private Result inside(UUID project, List<Changed> due, Readings readings) {
    List<Changed> batch = changes.lock(project, ChangeReader.SIGNALS, due);
    if (batch.isEmpty()) {
      return Result.NOTHING;
    }
    List<String> ids = batch.stream().map(Changed::conversationId).toList();
    List<Conversation> there = messages.there(project, ids);
    Map<String, @Nullable String> contacts = new HashMap<>();
    there.forEach(conversation -> contacts.put(conversation.id(), conversation.contactId()));
    readings.of(contacts);
    List<String> gone = ids.stream().filter(id -> !contacts.containsKey(id)).toList();
    Written closed = gone.isEmpty() ? Written.NOTHING : signals.close(gone);
    signals.follow(there);
    silence.heard(project, ids, contacts.values());
    if (readings.failed() > 0) {
      batch.forEach(one -> changes.setAside(ChangeReader.SIGNALS, one));
    } else {
      messages.read(project, contacts.keySet(), readings.rules().version());
      changes.done(ChangeReader.SIGNALS, batch);
    }
    if (!gone.isEmpty()) {
      messages.forget(gone);
    }
    return new Result(readings.read(), readings.failed(), readings.written().and(closed));
  }
}
