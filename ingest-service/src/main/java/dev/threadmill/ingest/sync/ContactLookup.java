package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.store.ContactChecks;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Asks for contacts one by one: the only way to learn that one was merged or deleted. */
@Component
class ContactLookup {
  private static final int CHECKED_AT_ONCE = 200;
  private static final Duration RETRY = Duration.ofMinutes(15);

  private final ContactTable contacts;
  private final ContactChecks checks;

  ContactLookup(ContactTable contacts, ContactChecks checks) {
    this.contacts = contacts;
    this.checks = checks;
  }

  /** What a look found. */
  enum Found {
    SAME,
    CHANGED,
    GONE,
    UNANSWERED
  }

  /** Asks for those of which something hinted that they may be gone. */
  void checkSuspects(SourceRun run) throws ChatwootException {
    for (long id : run.patiently(() -> checks.due(run.source(), CHECKED_AT_ONCE))) {
      look(run, id);
    }
  }

  /** Stores the contact as it is now, or erases it when it is gone. */
  Found look(SourceRun run, long id) throws ChatwootException {
    run.checkpoint();
    Optional<ContactPayload> shown;
    Instant askedAt = run.patiently(contacts::now);
    try {
      shown = run.client().contact(id);
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.UNAUTHORIZED || failure.kind() == Kind.REFUSED) {
        // For one contact this may be a missing permission: a dead token throws here.
        GoneConversations.requireHealthyToken(run);
      } else if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
      run.patiently(() -> checks.later(run.source(), id, RETRY));
      return Found.UNANSWERED;
    }
    if (shown.isEmpty()) {
      GoneConversations.requireHealthyToken(run);
      boolean erased = run.patiently(() -> contacts.erase(run.source(), id));
      run.patiently(() -> checks.settled(run.source(), id));
      run.counts().add(Count.CONTACTS_DELETED, erased ? 1 : 0);
      return erased ? Found.GONE : Found.SAME;
    }
    int changed = run.patiently(() -> contacts.upsert(run.source(), List.of(shown.get()), askedAt));
    run.patiently(() -> checks.settled(run.source(), id));
    run.counts().add(Count.CONTACTS, changed);
    return changed > 0 ? Found.CHANGED : Found.SAME;
  }
}
