package dev.threadmill.ingest.hint;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.core.run.RunStoppedException.Reason;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.sync.ConversationRefresh;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads hinted conversations, some at a time, outside Kafka's poll loop. What it can't take now the
 * sweep offers again.
 */
@Component
class HintReader implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(HintReader.class);

  /** More than can be read at once, for other processes may be quicker with some. */
  private static final int LOOKED_AT = 20;

  private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

  /** As long as a request may take that is under way, but not longer than a stop should. */
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(5);

  private final HintTable hints;
  private final Sources sources;
  private final ConversationRefresh conversations;
  private final Readers readers;
  private final Clock clock;
  private volatile boolean running;

  HintReader(
      HintTable hints,
      Sources sources,
      ConversationRefresh conversations,
      Readers readers,
      Clock clock) {
    this.hints = hints;
    this.sources = sources;
    this.conversations = conversations;
    this.readers = readers;
    this.clock = clock;
  }

  /** Takes note and returns at once. */
  void offer(Hint.Key key) {
    // Who is read already is read again afterwards, if word came meanwhile: its row tells.
    if (running && readers.admit(key)) {
      Thread.ofVirtual()
          .name("hint-" + key.conversationId())
          .start(Traces.carried(() -> readFrom(key)));
    }
  }

  void offerWhatIsDue() {
    due().forEach(this::offer);
  }

  private List<Hint.Key> due() {
    return readers.fewestReadersFirst(hints.due(LOOKED_AT, readers.closed()));
  }

  /** A burst brings more than there are readers: who is free takes the next. */
  private void readFrom(Hint.Key first) {
    Optional<Hint.Key> next = Optional.of(first);
    while (next.isPresent()) {
      Hint.Key key = next.get();
      try {
        hints.claim(key, HintLease.LENGTH).ifPresent(this::readUntilNothingCame);
      } catch (RuntimeException failed) {
        // The row stays, and is due again when its lease is over.
        logFailure(key, failed);
        return;
      } finally {
        readers.leave(key);
      }
      next = takeNext();
    }
  }

  private Optional<Hint.Key> takeNext() {
    try {
      return running ? due().stream().filter(readers::admit).findFirst() : Optional.empty();
    } catch (RuntimeException failed) {
      if (!DatabaseFailures.passes(failed)) {
        log.error("the hints that are due could not be looked up", failed);
      }
      return Optional.empty();
    }
  }

  private void readUntilNothingCame(Hint first) {
    Optional<Hint> hint = Optional.of(first);
    while (hint.isPresent()) {
      if (!running) {
        hints.release(hint.get());
        return;
      }
      if (!read(hint.get()) || hints.done(hint.get())) {
        return;
      }
      hint = hints.claim(first.key(), HintLease.LENGTH);
    }
  }

  private boolean read(Hint hint) {
    Optional<Source> source = sources.find(hint.sourceId());
    var lease = new HintLease(hints, hint, clock);
    try {
      if (source.isPresent()
          && !conversations.refresh(source.get(), hint.conversationId(), () -> checkpoint(lease))) {
        log.warn("there is no token for {}; its hints are dropped", source.get().watermarkName());
      }
      readers.answered(hint.sourceId());
      return true;
    } catch (ChatwootException failure) {
      noteWhetherAnswered(hint, failure.kind());
      log.warn(
          "conversation {} of source {} was hinted at, but can't be read: {}",
          hint.conversationId(),
          hint.sourceId(),
          failure.sentence());
      hints.failed(hint, FIRST_WAIT, failure.retryAfter());
      return false;
    } catch (RunStoppedException stopped) {
      hints.release(hint);
      throw stopped;
    } catch (RuntimeException failed) {
      if (DatabaseFailures.isAway(failed)) {
        throw failed;
      }
      logFailure(hint.key(), failed);
      hints.failed(hint, FIRST_WAIT, null);
      return false;
    }
  }

  private void noteWhetherAnswered(Hint hint, ChatwootException.Kind kind) {
    switch (kind) {
      case UNREACHABLE, TIMEOUT, RATE_LIMITED -> readers.unanswered(hint.sourceId());
      default -> readers.answered(hint.sourceId());
    }
  }

  private void checkpoint(HintLease lease) {
    if (!running) {
      throw new RunStoppedException(Reason.SHUTDOWN);
    }
    lease.keep();
  }

  private static void logFailure(Hint.Key key, RuntimeException failed) {
    if (failed instanceof RunStoppedException || DatabaseFailures.passes(failed)) {
      log.info("the reading of hinted conversation {} is put off", key.conversationId());
    } else {
      // Not its message: that may quote what a customer wrote.
      log.error(
          "hinted conversation {} of source {} could not be stored: {} at {}",
          key.conversationId(),
          key.sourceId(),
          failed.getClass().getName(),
          failed.getStackTrace()[0]);
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Gives those who read time to reach a checkpoint and to give their hints back. */
  @Override
  public void stop() {
    running = false;
    readers.awaitNone(SHUTDOWN_GRACE);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
