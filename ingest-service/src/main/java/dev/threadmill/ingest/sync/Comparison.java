package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.ErasedTable;
import dev.threadmill.ingest.store.GlobalIds;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.StoredConversation;
import dev.threadmill.ingest.store.UnreadConversation;
import dev.threadmill.ingest.sync.ConversationSync.Differences;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads one conversation whatever its times say, and makes what is stored equal to it. What a
 * webhook hints at and what the reconciliation compares is read in this way.
 */
@Component
class Comparison {
  private final ListedPages pages;
  private final ReadingTable reading;
  private final ConversationSync conversations;
  private final GoneConversations gone;
  private final ErasedTable erased;

  Comparison(
      ListedPages pages,
      ReadingTable reading,
      ConversationSync conversations,
      GoneConversations gone,
      ErasedTable erased) {
    this.pages = pages;
    this.reading = reading;
    this.conversations = conversations;
    this.gone = gone;
    this.erased = erased;
  }

  /**
   * Compares and heals.
   *
   * @param horizon conversations that are not stored and did not change since then are left alone;
   *     null: none are
   * @param listedUntil what changed later is news, and no difference; null: everything is
   * @throws ChatwootException when the conversation can't be read
   */
  Pass.Found heal(SourceRun run, long id, @Nullable Instant horizon, @Nullable Instant listedUntil)
      throws ChatwootException {
    run.checkpoint();
    Optional<StoredConversation> stored = run.patiently(() -> reading.stored(run.source(), id));
    StoredConversation present = stored.filter(known -> !known.gone()).orElse(null);
    Instant askedAt = pages.now(run);
    Optional<ConversationPayload> shown = run.client().conversation(id);
    boolean isErased = run.patiently(() -> erased.hasConversation(run.source(), id));
    if (isErased) {
      boolean stillThere = shown.isPresent();
      run.patiently(() -> erased.shown(run.source(), id, stillThere));
    }
    if (shown.isEmpty()) {
      return present == null ? Pass.Found.differences(0, 0, 0) : erase(run, present);
    }
    ConversationPayload conversation = shown.get();
    if (isErased) {
      return Pass.Found.differences(0, 0, 0);
    }
    if (present == null && horizon != null && conversation.updatedAt().isBefore(horizon)) {
      return Pass.Found.differences(0, 0, 0);
    }
    ListedPages.Written rows = pages.store(run, List.of(conversation), null, askedAt);
    Differences messages = conversations.readWhole(run, unread(run, present, conversation));
    if (isNews(present, conversation, listedUntil)) {
      return Pass.Found.differences(0, 0, 0);
    }
    int missing = messages.missing() + (present == null ? rows.conversations() : 0);
    int changed =
        messages.changed() + rows.contacts() + (present == null ? 0 : rows.conversations());
    return Pass.Found.differences(missing, messages.extra(), changed);
  }

  /** What changed since it was listed or read is no difference, but the next sync's matter. */
  private static boolean isNews(
      @Nullable StoredConversation present,
      ConversationPayload shown,
      @Nullable Instant listedUntil) {
    return present == null
        ? listedUntil == null || shown.updatedAt().isAfter(listedUntil)
        : !shown.updatedAt().equals(present.readAt());
  }

  private Pass.Found erase(SourceRun run, StoredConversation present) throws ChatwootException {
    var erased = gone.erase(run, present.globalId());
    return Pass.Found.differences(0, 1 + erased.messages(), 0);
  }

  /**
   * Servers that do not show {@code updated_at} may set a conversation's time back; what is read
   * now is the latest all the same.
   */
  private static UnreadConversation unread(
      SourceRun run, @Nullable StoredConversation present, ConversationPayload shown) {
    Instant seen = shown.updatedAt();
    if (present != null) {
      seen = later(later(seen, present.readAt()), present.updatedAt());
    }
    return new UnreadConversation(
        GlobalIds.conversation(run.source(), shown.id()), shown.id(), seen, null, 0);
  }

  private static Instant later(Instant a, @Nullable Instant b) {
    return b != null && b.isAfter(a) ? b : a;
  }

  /** Whether a failed reading says something about this conversation only. */
  static boolean ofThisConversation(ChatwootException failure) {
    return failure.kind().ofOneRequest()
        || failure.kind() == Kind.NOT_FOUND
        || failure.kind() == Kind.REFUSED
        || failure.kind() == Kind.NOT_CHATWOOT;
  }
}
