package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.InboxPayload;
import dev.threadmill.ingest.store.InboxTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Contacts and inboxes. The first sync walks the whole contact list, later ones its newest end;
 * edits of contacts move no time that a list could be asked by, so they come with the conversations
 * and with the reconciliation.
 */
@Component
class PeopleList {
  private static final Duration INBOXES_EVERY = Duration.ofHours(1);

  private final ContactPages pages;
  private final ContactWalk walk;
  private final NewestContacts newest;
  private final InboxTable inboxes;
  private final TransactionTemplate transaction;
  private final Clock clock;

  PeopleList(
      ContactPages pages,
      ContactWalk walk,
      NewestContacts newest,
      InboxTable inboxes,
      TransactionTemplate transaction,
      Clock clock) {
    this.pages = pages;
    this.walk = walk;
    this.newest = newest;
    this.inboxes = inboxes;
    this.transaction = transaction;
    this.clock = clock;
  }

  PeopleMemory memory(SourceRun run) {
    return pages.memory(run);
  }

  void listContacts(SourceRun run) throws ChatwootException {
    PeopleMemory memory = memory(run);
    if (memory.complete()) {
      pages.remember(run, newest.list(run, memory));
    } else {
      walk.walk(run, memory);
    }
  }

  /** Once in a while, for they seldom change. */
  void listInboxes(SourceRun run, Access access) throws ChatwootException {
    PeopleMemory memory = memory(run);
    Instant now = clock.instant();
    Instant last = memory.inboxesReadAt();
    if (last != null && now.isBefore(last.plus(INBOXES_EVERY))) {
      return;
    }
    run.checkpoint();
    List<InboxPayload> shown = run.client().inboxes();
    PeopleMemory after = memory.withInboxesRead(now);
    run.patiently(
        () ->
            transaction.executeWithoutResult(
                status -> {
                  inboxes.upsert(run.source(), shown);
                  // An agent is not shown those of others.
                  if (access == Access.ADMINISTRATOR) {
                    inboxes.eraseMissing(run.source(), shown);
                  }
                  pages.rememberWithin(run, after);
                }));
  }

  /** The next run walks the whole list again. */
  void beginAnew(SourceRun run) {
    pages.remember(run, memory(run).anew());
  }
}
