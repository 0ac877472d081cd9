package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.UnreadConversation;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Reads the conversations that must be read, several at a time. One that fails is set aside and
 * harms no other; a failure of the server or the token ends the run.
 */
final class ConversationReads {
  private static final Logger log = LoggerFactory.getLogger(ConversationReads.class);
  private static final int LISTED_AT_ONCE = 100;

  /** After so many failing conversations without a good one between it is the server that fails. */
  private static final int FAILING_CONVERSATIONS = 10;

  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
  private static final Duration LAST_RETRY = Duration.ofHours(24);

  private final SourceRun run;
  private final ReadingTable reading;
  private final WindowWriter writer;
  private final ConversationSync conversations;
  private final Semaphore permits;
  private final AtomicInteger failing = new AtomicInteger();
  private final AtomicReference<@Nullable Exception> end = new AtomicReference<>();

  ConversationReads(
      SourceRun run, ReadingTable reading, WindowWriter writer, ConversationSync conversations) {
    this.run = run;
    this.reading = reading;
    this.writer = writer;
    this.conversations = conversations;
    this.permits = new Semaphore(run.concurrency());
  }

  /** Reads up to so many conversations; each one once. */
  void read(int limit) throws ChatwootException {
    // Closing waits for what was started.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      UnreadConversation last = null;
      int left = limit;
      while (left > 0 && end.get() == null) {
        List<UnreadConversation> batch =
            reading.unread(run.source().id(), last, Math.min(left, LISTED_AT_ONCE));
        if (batch.isEmpty()) {
          break;
        }
        batch.forEach(conversation -> start(threads, conversation));
        last = batch.getLast();
        left -= batch.size();
      }
    }
    rethrow();
  }

  private void start(ExecutorService threads, UnreadConversation conversation) {
    permits.acquireUninterruptibly();
    if (end.get() != null) {
      permits.release();
      return;
    }
    threads.execute(
        () -> {
          try {
            readOne(conversation);
          } catch (ChatwootException | RuntimeException ending) {
            end.compareAndSet(null, ending);
          } finally {
            permits.release();
          }
        });
  }

  private void readOne(UnreadConversation conversation) throws ChatwootException {
    try {
      conversations.read(conversation);
      failing.set(0);
      run.counts().add(Count.CONVERSATIONS, 1);
    } catch (ChatwootException failure) {
      switch (failure.kind()) {
        case NOT_FOUND -> eraseIfGone(conversation);
        case UNAUTHORIZED -> {
          // For one conversation this may be a missing permission: a dead token throws here.
          run.client().access();
          setAside(conversation, "the token may not read this conversation (401)");
        }
        case SERVER_ERROR, TIMEOUT, MALFORMED, BODY_TOO_LARGE, NOT_CHATWOOT, REFUSED -> {
          if (failing.incrementAndGet() >= FAILING_CONVERSATIONS) {
            throw failure;
          }
          setAside(conversation, failure.sentence());
        }
        default -> throw failure;
      }
    } catch (DataIntegrityViolationException unfit) {
      setAside(conversation, "its messages do not fit the tables");
    }
  }

  /** Gone only if a token that works does not find the conversation itself either. */
  private void eraseIfGone(UnreadConversation conversation) throws ChatwootException {
    run.client().access();
    if (run.client().conversation(conversation.id()).isEmpty()) {
      writer.erase(run, conversation);
    } else {
      setAside(conversation, "its messages are not found, though the conversation is there");
    }
  }

  private void setAside(UnreadConversation conversation, String error) {
    long factor = 1L << Math.min(20, conversation.failures());
    Duration wait = FIRST_RETRY.multipliedBy(factor);
    wait = wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait;
    reading.failed(conversation.globalId(), error, wait);
    log.warn(
        "conversation {} is set aside for {} min: {}",
        conversation.globalId(),
        wait.toMinutes(),
        error);
  }

  private void rethrow() throws ChatwootException {
    Exception ending = end.get();
    if (ending instanceof ChatwootException failure) {
      throw failure;
    }
    if (ending instanceof RuntimeException failure) {
      throw failure;
    }
  }
}
