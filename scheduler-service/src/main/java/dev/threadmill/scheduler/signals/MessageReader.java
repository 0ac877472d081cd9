package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.scheduler.signals.CustomerMessages.Message;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads messages by the rules and writes what comes of it, some at a time: a conversation may have
 * more than fit into memory.
 */
@Component
final class MessageReader {
  private static final Logger log = LoggerFactory.getLogger(MessageReader.class);

  private static final int AT_ONCE = 200;

  private final CustomerMessages messages;
  private final KnownSignals known;
  private final SignalTable signals;

  MessageReader(CustomerMessages messages, KnownSignals known, SignalTable signals) {
    this.messages = messages;
    this.known = known;
    this.signals = signals;
  }

  /** Many messages at once; one that fails fails all. */
  Readings many(UUID project, RulesInForce rules) {
    return new Readings(project, rules, null);
  }

  /**
   * Each message by itself.
   *
   * @param alone undoes what a message that fails has written, and nothing else
   */
  Readings each(UUID project, RulesInForce rules, TransactionTemplate alone) {
    return new Readings(project, rules, alone);
  }

  /**
   * What the rules found in a message.
   *
   * @param found null: a customer says nothing in it, or no more
   */
  private record Reading(
      String conversationId,
      String messageId,
      Instant saidAt,
      @Nullable Collection<ByWords> found,
      List<String> textHashes) {}

  /** The messages of one transaction. */
  final class Readings {
    private final UUID project;
    private final RulesInForce rules;
    private final @Nullable TransactionTemplate alone;
    private final List<Reading> waiting = new ArrayList<>();
    private int read;
    private int failed;
    private Written written = Written.NOTHING;

    private Readings(UUID project, RulesInForce rules, @Nullable TransactionTemplate alone) {
      this.project = project;
      this.rules = rules;
      this.alone = alone;
    }

    RulesInForce rules() {
      return rules;
    }

    int read() {
      return read;
    }

    int failed() {
      return failed;
    }

    Written written() {
      return written;
    }

    /**
     * Reads what changed in these conversations.
     *
     * @param contacts whose they are
     */
    void of(Map<String, @Nullable String> contacts) {
      messages.changed(
          project,
          contacts.keySet(),
          rules.version(),
          message -> {
            if (alone == null) {
              waiting.add(reading(message));
              if (waiting.size() == AT_ONCE) {
                writeWaiting(contacts);
              }
            } else {
              byItself(message, contacts, alone);
            }
          });
      writeWaiting(contacts);
    }

    private void byItself(
        Message message, Map<String, @Nullable String> contacts, TransactionTemplate alone) {
      try {
        alone.executeWithoutResult(status -> write(List.of(reading(message)), contacts));
      } catch (RuntimeException failure) {
        if (DatabaseFailures.passes(failure)) {
          throw failure;
        }
        // What it says may quote what the customer wrote.
        log.warn("{} can't be read: {}", message.id(), failure.getClass().getName());
        failed++;
      }
    }

    private void writeWaiting(Map<String, @Nullable String> contacts) {
      if (!waiting.isEmpty()) {
        write(List.copyOf(waiting), contacts);
        waiting.clear();
      }
    }

    private void write(List<Reading> readings, Map<String, @Nullable String> contacts) {
      Map<String, Dossier> dossiers =
          known.load(
              readings.stream().map(Reading::conversationId).distinct().toList(),
              readings.stream().map(Reading::messageId).toList());
      for (Reading one : readings) {
        Dossier dossier = Objects.requireNonNull(dossiers.get(one.conversationId()));
        if (one.found() == null) {
          dossier.gone(one.messageId());
        } else {
          dossier.said(one.messageId(), one.saidAt(), one.found(), one.textHashes());
        }
      }
      written = written.and(signals.write(project, dossiers.values(), contacts));
      read += (int) readings.stream().filter(one -> one.found() != null).count();
    }

    private Reading reading(Message message) {
      String text = message.text();
      Collection<ByWords> found = null;
      if (text != null) {
        boolean bare = message.textHashes().isEmpty();
        found = rules.find(bare ? PlainText.of(text, message.mail()) : text);
      }
      return new Reading(
          message.conversationId(), message.id(), message.createdAt(), found, message.textHashes());
    }
  }
}
