package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.PhraseRules;
import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import dev.threadmill.scheduler.signals.CustomerMessages.Conversation;
import dev.threadmill.scheduler.signals.CustomerMessages.Message;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads conversations that changed, by the rules. */
@Component
final class ConversationPass {
  private final ChangedConversations changes;
  private final CustomerMessages messages;
  private final SignalTable signals;
  private final Silence silence;
  private final Rulebook rules;
  private final TransactionTemplate transaction;

  ConversationPass(
      ChangedConversations changes,
      CustomerMessages messages,
      SignalTable signals,
      Silence silence,
      Rulebook rules,
      TransactionTemplate transaction) {
    this.changes = changes;
    this.messages = messages;
    this.signals = signals;
    this.silence = silence;
    this.rules = rules;
    this.transaction = transaction;
  }

  /**
   * @param read messages of customers
   */
  record Result(int read, Written written) {}

  /** Works a batch in one transaction; when it fails, nothing of it is written. */
  Result work(UUID project, List<Changed> batch, @Nullable PhraseRules own) {
    return Objects.requireNonNull(transaction.execute(status -> inside(project, batch, own)));
  }

  private Result inside(UUID project, List<Changed> due, @Nullable PhraseRules own) {
    List<Changed> batch = changes.lock(project, ChangeReader.SIGNALS, due);
    if (batch.isEmpty()) {
      return new Result(0, Written.NOTHING);
    }
    List<String> ids = batch.stream().map(Changed::conversationId).toList();
    List<Conversation> there = messages.there(project, ids);
    Map<String, @Nullable String> contacts = new HashMap<>();
    there.forEach(conversation -> contacts.put(conversation.id(), conversation.contactId()));
    Map<String, Dossier> dossiers = signals.load(ids);
    List<String> gone = ids.stream().filter(id -> !contacts.containsKey(id)).toList();
    gone.forEach(id -> dossier(dossiers, id).closed());
    int[] read = {0};
    messages.changed(
        project,
        contacts.keySet(),
        message -> read[0] += read(dossier(dossiers, message.conversationId()), message, own));
    Written written = signals.write(project, dossiers.values(), contacts);
    signals.follow(there);
    silence.heard(project, ids, contacts.values());
    messages.read(project, contacts.keySet());
    if (!gone.isEmpty()) {
      messages.forget(gone);
    }
    changes.done(ChangeReader.SIGNALS, batch);
    return new Result(read[0], written);
  }

  private static Dossier dossier(Map<String, Dossier> dossiers, String id) {
    return Objects.requireNonNull(dossiers.get(id), id);
  }

  private int read(Dossier dossier, Message message, @Nullable PhraseRules own) {
    String text = message.text();
    if (text == null) {
      dossier.gone(message.id());
      return 0;
    }
    boolean bare = message.textHashes().isEmpty();
    Collection<ByWords> found = rules.find(bare ? PlainText.of(text, message.mail()) : text, own);
    dossier.said(message.id(), message.createdAt(), found, message.textHashes());
    return 1;
  }
}
