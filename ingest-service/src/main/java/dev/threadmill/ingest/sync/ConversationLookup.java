package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.StoredConversation;
import dev.threadmill.ingest.store.UnansweredTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks for conversations one by one, where the list can't be relied on. One that gives no answer is
 * remembered and asked for again later.
 */
@Component
class ConversationLookup {
  private static final Logger log = LoggerFactory.getLogger(ConversationLookup.class);
  private static final int AT_ONCE = 100;
  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
  private static final Duration LAST_RETRY = Duration.ofHours(24);

  private final ListedPages pages;
  private final ReadingTable reading;
  private final UnansweredTable unanswered;
  private final GoneConversations gone;
  private final SyncLimits limits;

  ConversationLookup(
      ListedPages pages,
      ReadingTable reading,
      UnansweredTable unanswered,
      GoneConversations gone,
      SyncLimits limits) {
    this.pages = pages;
    this.reading = reading;
    this.unanswered = unanswered;
    this.gone = gone;
    this.limits = limits;
  }

  /**
   * Asks for those that no page showed, as many as the pages of one run could have shown.
   *
   * @param horizon what is not stored and did not change since then is left alone; null: nothing is
   * @param again also for those that gave no answer so far and are due; once a run
   */
  void askForDue(SourceRun run, @Nullable Instant horizon, boolean again) throws ChatwootException {
    Instant due = pages.now(run);
    List<Long> batch = List.of();
    for (int left = limits.rows(); left > 0; left -= batch.size()) {
      int size = Math.min(left, AT_ONCE);
      batch = run.patiently(() -> unanswered.due(run.source().id(), due, again, size));
      if (batch.isEmpty()) {
        return;
      }
      lookAll(run, batch, horizon);
    }
  }

  /** Looks for several at the same time. */
  void lookAll(SourceRun run, List<Long> ids, @Nullable Instant horizon) throws ChatwootException {
    try (Workers workers = new Workers(run.concurrency())) {
      for (long id : ids) {
        workers.start(() -> look(run, id, horizon));
      }
      workers.finish();
    }
  }

  /**
   * Stores the conversation as it is now, or erases it when it is gone.
   *
   * @param horizon one that is not stored and did not change since then is left alone; null: none
   */
  private void look(SourceRun run, long id, @Nullable Instant horizon) throws ChatwootException {
    run.checkpoint();
    Instant askedAt = pages.now(run);
    Optional<ConversationPayload> shown;
    try {
      shown = run.client().conversation(id);
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.UNAUTHORIZED) {
        // A dead token throws here; else this conversation is not for this token's user.
        GoneConversations.requireHealthyToken(run);
        setAside(run, id, "the token may not read this conversation (401)");
        return;
      }
      if (!failure.kind().ofOneRequest()
          && failure.kind() != Kind.REFUSED
          && failure.kind() != Kind.NOT_CHATWOOT) {
        throw failure;
      }
      setAside(run, id, failure.sentence());
      return;
    }
    if (shown.isEmpty()) {
      eraseIfStored(run, id);
    } else if (!isLeftOut(run, shown.get(), horizon)) {
      pages.store(run, List.of(shown.get()), null, askedAt);
    }
    run.patiently(() -> unanswered.settled(run.source().id(), id));
  }

  private boolean isLeftOut(SourceRun run, ConversationPayload shown, @Nullable Instant horizon) {
    return horizon != null
        && shown.updatedAt().isBefore(horizon)
        && run.patiently(() -> reading.stored(run.source(), shown.id())).isEmpty();
  }

  /** Remembers that a conversation could not be read. */
  void setAside(SourceRun run, long id, String error) {
    log.warn("conversation {} of {} gives no answer: {}", id, run.source().watermarkName(), error);
    run.patiently(() -> unanswered.failed(run.source().id(), id, error, FIRST_RETRY, LAST_RETRY));
  }

  private void eraseIfStored(SourceRun run, long id) throws ChatwootException {
    Optional<StoredConversation> stored = run.patiently(() -> reading.stored(run.source(), id));
    if (stored.isPresent() && !stored.get().gone()) {
      gone.erase(run, stored.get().globalId());
    }
  }
}
