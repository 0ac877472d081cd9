package dev.threadmill.ingest.hint;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.core.run.RunStoppedException.Reason;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.sync.ConversationRefresh;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
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

  /** Together with a full sync's reads they share the limiter and the pool of connections. */
  private static final int AT_ONCE = 4;

  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

  private final HintTable hints;
  private final Sources sources;
  private final ConversationRefresh conversations;
  private final Semaphore permits = new Semaphore(AT_ONCE);
  private final Set<Hint.Key> reading = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  HintReader(HintTable hints, Sources sources, ConversationRefresh conversations) {
    this.hints = hints;
    this.sources = sources;
    this.conversations = conversations;
  }

  /** Takes note and returns at once. */
  void offer(Hint.Key key) {
    // Who is read already is read again afterwards, if word came meanwhile: its row tells.
    if (!running || !permits.tryAcquire()) {
      return;
    }
    if (!reading.add(key)) {
      permits.release();
      return;
    }
    Thread.ofVirtual()
        .name("hint-" + key.conversationId())
        .start(
            () -> {
              try {
                hints.claim(key, LEASE).ifPresent(this::readUntilNothingCame);
                readWhatElseIsDue();
              } catch (RuntimeException failed) {
                // The row stays, and is due again when its lease is over.
                logFailure(key, failed);
              } finally {
                reading.remove(key);
                permits.release();
              }
            });
  }

  private void readUntilNothingCame(Hint first) {
    Optional<Hint> hint = Optional.of(first);
    while (running && hint.isPresent() && read(hint.get()) && !hints.done(hint.get())) {
      hint = hints.claim(first.key(), LEASE);
    }
  }

  /** A burst brings more than there are readers: who is free takes the next. */
  private void readWhatElseIsDue() {
    Optional<Hint> next = running ? hints.claimNext(LEASE) : Optional.empty();
    while (next.isPresent()) {
      readUntilNothingCame(next.get());
      next = running ? hints.claimNext(LEASE) : Optional.empty();
    }
  }

  private boolean read(Hint hint) {
    Optional<Source> source = sources.find(hint.sourceId());
    try {
      if (source.isPresent()
          && !conversations.refresh(source.get(), hint.conversationId(), this::checkpoint)) {
        log.warn("there is no token for {}; its hints are dropped", source.get().watermarkName());
      }
      return true;
    } catch (ChatwootException failure) {
      log.warn(
          "conversation {} of source {} was hinted at, but can't be read: {}",
          hint.conversationId(),
          hint.sourceId(),
          failure.sentence());
      hints.failed(hint, FIRST_WAIT);
      return false;
    } catch (RuntimeException failed) {
      if (failed instanceof RunStoppedException || DatabaseFailures.isAway(failed)) {
        throw failed;
      }
      logFailure(hint.key(), failed);
      hints.failed(hint, FIRST_WAIT);
      return false;
    }
  }

  private void checkpoint() {
    if (!running) {
      throw new RunStoppedException(Reason.SHUTDOWN);
    }
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

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
