package dev.threadmill.ingest.sync;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.UnreadConversation;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/**
 * Reads the conversations that must be read, several at a time. One that fails is set aside and
 * harms no other; a failure of the server or the token ends the run.
 */
@Component
class ConversationReads {
  private static final Logger log = LoggerFactory.getLogger(ConversationReads.class);
  private static final int LISTED_AT_ONCE = 100;
  private static final int SHARE_OF_THE_OLDEST = 4;
  private static final int MOST_OF_THE_OLDEST = 1000;

  /** After so many failing conversations without a good one between, the server is asked itself. */
  private static final int FAILING_CONVERSATIONS = 10;

  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
  private static final Duration LAST_RETRY = Duration.ofHours(24);

  /** So long after an inbox or a contact its conversations follow, at the most. */
  private static final Duration CLEAN_UP = Duration.ofHours(1);

  /** Comes after all in the order of the latest. */
  private static final UnreadConversation LATEST_OF_ALL =
      new UnreadConversation("", Long.MAX_VALUE, Instant.parse("9999-01-01T00:00:00Z"), null, 0);

  /** Zero where the oldest one's turn was last; lost with the process, which does no harm. */
  private final Map<UUID, Integer> oldestInTurn = new ConcurrentHashMap<>();

  private final ReadingTable reading;
  private final GoneConversations gone;
  private final ConversationSync conversations;
  private final SyncLimits limits;

  ConversationReads(
      ReadingTable reading,
      GoneConversations gone,
      ConversationSync conversations,
      SyncLimits limits) {
    this.reading = reading;
    this.gone = gone;
    this.conversations = conversations;
    this.limits = limits;
  }

  /**
   * Reads as many conversations as one run may; each one once, the latest changes first. A part of
   * the run is kept for those that wait longest: they would never be read where news fill each run.
   */
  void read(SourceRun run) throws ChatwootException {
    run.patiently(() -> reading.suspectThoseLeftBehind(run.source(), CLEAN_UP));
    AtomicInteger failing = new AtomicInteger();
    int forTheOldest = forTheOldest(run);
    UnreadConversation last =
        forTheOldest == limits.conversations()
            ? LATEST_OF_ALL
            : readLatest(run, limits.conversations() - forTheOldest, failing);
    if (last != null) {
      readAll(
          run,
          run.patiently(() -> reading.longestUnread(run.source().id(), last, forTheOldest)),
          failing);
    }
  }

  /** A limit of one is theirs in every second run. */
  private int forTheOldest(SourceRun run) {
    int limit = limits.conversations();
    if (limit == 1) {
      return oldestInTurn.merge(run.source().id(), 1, (turn, one) -> 1 - turn) == 1 ? 0 : 1;
    }
    return Math.clamp(limit / SHARE_OF_THE_OLDEST, 1, MOST_OF_THE_OLDEST);
  }

  /**
   * @return the last one that was read; null when all are
   */
  private @Nullable UnreadConversation readLatest(SourceRun run, int limit, AtomicInteger failing)
      throws ChatwootException {
    UnreadConversation last = null;
    try (Workers workers = new Workers(run.concurrency())) {
      int left = limit;
      while (left > 0 && !workers.ended()) {
        List<UnreadConversation> batch = unread(run, last, Math.min(left, LISTED_AT_ONCE));
        if (batch.isEmpty()) {
          last = null;
          break;
        }
        batch.forEach(conversation -> workers.start(() -> readOne(run, conversation, failing)));
        last = batch.getLast();
        left -= batch.size();
      }
      workers.finish();
    }
    return last;
  }

  private void readAll(SourceRun run, List<UnreadConversation> some, AtomicInteger failing)
      throws ChatwootException {
    try (Workers workers = new Workers(run.concurrency())) {
      some.forEach(conversation -> workers.start(() -> readOne(run, conversation, failing)));
      workers.finish();
    }
  }

  private List<UnreadConversation> unread(
      SourceRun run, @Nullable UnreadConversation last, int limit) {
    return run.patiently(() -> reading.unread(run.source().id(), last, limit));
  }

  private void readOne(SourceRun run, UnreadConversation conversation, AtomicInteger failing)
      throws ChatwootException {
    try {
      conversations.read(run, conversation, limits.messages());
      failing.set(0);
      run.counts().add(Count.CONVERSATIONS, 1);
    } catch (ChatwootException failure) {
      switch (failure.kind()) {
        case NOT_FOUND -> eraseIfGone(run, conversation);
        case UNAUTHORIZED -> {
          // For one conversation this may be a missing permission: a dead token throws here.
          GoneConversations.requireHealthyToken(run);
          setAside(run, conversation, "the token may not read this conversation (401)");
        }
        case SERVER_ERROR,
            TIMEOUT,
            MALFORMED,
            BODY_TOO_LARGE,
            BROKEN_OFF,
            NOT_CHATWOOT,
            REFUSED -> {
          setAside(run, conversation, failure.sentence());
          if (failing.incrementAndGet() % FAILING_CONVERSATIONS == 0) {
            // Throws when it is the server that fails.
            run.client().conversations(ConversationSort.ACTIVE_LAST_FIRST, 1);
          }
        }
        default -> throw failure;
      }
    } catch (DataIntegrityViolationException unfit) {
      setAside(run, conversation, "its messages do not fit the tables");
    } catch (RunStoppedException | SourceRemovedException stopped) {
      throw stopped;
    } catch (RuntimeException unforeseen) {
      if (DatabaseFailures.passes(unforeseen)) {
        throw unforeseen;
      }
      // Not its message: that may quote what a customer wrote.
      log.error(
          "conversation {} could not be stored: {} at {}",
          conversation.globalId(),
          unforeseen.getClass().getName(),
          unforeseen.getStackTrace()[0]);
      setAside(
          run,
          conversation,
          "an unexpected error (%s); the service's log has it"
              .formatted(unforeseen.getClass().getSimpleName()));
    }
  }

  /** Gone only if a token that works does not find the conversation itself either. */
  private void eraseIfGone(SourceRun run, UnreadConversation conversation)
      throws ChatwootException {
    try {
      if (run.client().conversation(conversation.id()).isEmpty()) {
        gone.erase(run, conversation.globalId());
        return;
      }
    } catch (ChatwootException failure) {
      if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
    }
    setAside(run, conversation, "its messages are not found, though the conversation is there");
  }

  private void setAside(SourceRun run, UnreadConversation conversation, String error) {
    long factor = 1L << Math.min(20, conversation.failures());
    Duration wait = FIRST_RETRY.multipliedBy(factor);
    Duration bounded = wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait;
    run.patiently(() -> reading.failed(conversation.globalId(), error, bounded));
    log.warn(
        "conversation {} is set aside for {} min: {}",
        conversation.globalId(),
        bounded.toMinutes(),
        error);
  }
}
