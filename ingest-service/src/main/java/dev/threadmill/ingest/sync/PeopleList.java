package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ContactPage;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.chatwoot.ContactSort;
import dev.threadmill.ingest.chatwoot.InboxPayload;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.store.InboxTable;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Contacts and inboxes. The first sync walks the whole contact list, later ones its newest end;
 * edits of contacts move no time that a list could be asked by, so they come with the conversations
 * and with the reconciliation.
 */
@Component
class PeopleList {
  private static final Logger log = LoggerFactory.getLogger(PeopleList.class);
  private static final String MEMORY = "people";
  private static final int FAILING_PAGES = 3;
  private static final Duration INBOXES_EVERY = Duration.ofHours(1);

  /** Pages of equal keys have no stable order: each round walks them in another one. */
  private static final List<ContactSort> ROUNDS =
      List.of(
          ContactSort.CREATED_FIRST, ContactSort.EMAIL, ContactSort.NAME, ContactSort.CREATED_LAST);

  private final ContactTable contacts;
  private final InboxTable inboxes;
  private final WatermarkTable watermarks;
  private final TransactionTemplate transaction;
  private final SyncLimits limits;
  private final Clock clock;

  PeopleList(
      ContactTable contacts,
      InboxTable inboxes,
      WatermarkTable watermarks,
      TransactionTemplate transaction,
      SyncLimits limits,
      Clock clock) {
    this.contacts = contacts;
    this.inboxes = inboxes;
    this.watermarks = watermarks;
    this.transaction = transaction;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * How far the lists are stored.
   *
   * @param complete the whole contact list was walked once
   * @param missing how many contacts the server counted that no page showed
   * @param inboxesReadAt null: never
   * @param counted how many the server counted when ours were counted last; null: not yet
   * @param listedUntil contacts that were created before are the whole walk's matter or were listed
   *     since; the server's time
   */
  record Memory(
      boolean complete,
      int round,
      int nextPage,
      long missing,
      @Nullable Instant inboxesReadAt,
      @Nullable Instant listedUntil,
      @Nullable Long counted) {
    static final Memory NONE = new Memory(false, 0, 1, 0, null, null, null);

    Memory until(Instant time) {
      return new Memory(complete, round, nextPage, missing, inboxesReadAt, time, counted);
    }

    Memory counted(long there) {
      return new Memory(complete, round, nextPage, missing, inboxesReadAt, listedUntil, there);
    }

    Memory at(int newRound, int page) {
      return new Memory(complete, newRound, page, missing, inboxesReadAt, listedUntil, counted);
    }

    Memory done(long notShown) {
      return new Memory(true, 0, 1, notShown, inboxesReadAt, listedUntil, counted);
    }

    Memory withInboxesRead(Instant when) {
      return new Memory(complete, round, nextPage, missing, when, listedUntil, counted);
    }
  }

  Memory memory(SourceRun run) {
    return run.patiently(
        () -> watermarks.part(run.source(), MEMORY, Memory.class).orElse(Memory.NONE));
  }

  void list(SourceRun run, Access access) throws ChatwootException {
    Memory memory = readInboxes(run, access, memory(run));
    if (memory.complete()) {
      listNewest(run, memory);
    } else {
      walk(run, memory);
    }
  }

  private Memory readInboxes(SourceRun run, Access access, Memory memory) throws ChatwootException {
    Instant now = clock.instant();
    Instant last = memory.inboxesReadAt();
    if (last != null && now.isBefore(last.plus(INBOXES_EVERY))) {
      return memory;
    }
    run.checkpoint();
    List<InboxPayload> shown = run.client().inboxes();
    Memory after = memory.withInboxesRead(now);
    run.patiently(
        () ->
            transaction.executeWithoutResult(
                status -> {
                  inboxes.upsert(run.source(), shown);
                  // An agent is not shown those of others.
                  if (access == Access.ADMINISTRATOR) {
                    inboxes.eraseMissing(run.source(), shown);
                  }
                  watermarks.remember(run.source(), MEMORY, after);
                }));
    return after;
  }

  /**
   * New contacts stand first. That those of a page are known proves nothing: senders are stored
   * with their conversations. So the pages are read down to where the last walk began, and
   * backwards once more, since a deletion pulls rows to pages that were read already.
   */
  private void listNewest(SourceRun run, Memory memory) throws ChatwootException {
    Instant begun = run.client().serverNow();
    Instant known = memory.listedUntil();
    Instant until = known == null ? Instant.EPOCH : known.minus(ChangeList.OVERLAP);
    for (int number = 1; number <= limits.pages(); number++) {
      ContactPage page = newest(run, number, memory);
      if (reaches(page, until)) {
        for (int again = number - 1; again >= 1; again--) {
          page = newest(run, again, memory);
        }
        endOfNewest(run, memory, page, begun);
        return;
      }
    }
    beginAnew(run);
  }

  private ContactPage newest(SourceRun run, int number, Memory memory) throws ChatwootException {
    Instant askedAt = run.patiently(contacts::now);
    ContactPage page = run.client().contacts(ContactSort.CREATED_LAST, number);
    store(run, page, memory, askedAt);
    return page;
  }

  private static boolean reaches(ContactPage page, Instant until) {
    return page.rows().isEmpty()
        || page.rows().stream()
            .map(ContactPayload::createdAt)
            .anyMatch(created -> created != null && created.isBefore(until));
  }

  private void endOfNewest(SourceRun run, Memory memory, ContactPage last, Instant begun) {
    long counted = last.count() == null ? 0 : last.count();
    Long before = memory.counted();
    // Counting ours takes as long as there are contacts: only when theirs have another number.
    if (before == null || before != counted) {
      long stored = run.patiently(() -> contacts.countListed(run.source()));
      if (counted - stored > memory.missing()) {
        // Such as an old one that has an address now; only the whole list shows it.
        beginAnew(run);
        return;
      }
    }
    run.patiently(
        () -> watermarks.remember(run.source(), MEMORY, memory.until(begun).counted(counted)));
  }

  /** The next run walks the whole list again. */
  void beginAnew(SourceRun run) {
    Memory anew = Memory.NONE.withInboxesRead(clock.instant());
    run.patiently(() -> watermarks.remember(run.source(), MEMORY, anew));
  }

  /** Walks the pages from where the memory stands, for as many as one run may read. */
  private void walk(SourceRun run, Memory begun) throws ChatwootException {
    boolean first = begun.round() == 0 && begun.nextPage() == 1;
    Memory memory = first ? begun.until(run.client().serverNow()) : begun;
    int failing = 0;
    for (int walked = 0; walked < limits.pages() && !memory.complete(); walked++) {
      Instant askedAt = run.patiently(contacts::now);
      try {
        ContactPage page = run.client().contacts(ROUNDS.get(memory.round()), memory.nextPage());
        failing = 0;
        memory =
            page.rows().isEmpty()
                ? endOfRound(run, memory, page)
                : memory.at(memory.round(), memory.nextPage() + 1);
        store(run, page, memory, askedAt);
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest() || ++failing >= FAILING_PAGES) {
          throw failure;
        }
        // The count at the end tells what it hid.
        log.warn("page {} of the contact list fails: {}", memory.nextPage(), failure.sentence());
        memory = memory.at(memory.round(), memory.nextPage() + 1);
        remember(run, memory);
      }
    }
  }

  private void remember(SourceRun run, Memory memory) {
    run.patiently(() -> watermarks.remember(run.source(), MEMORY, memory));
  }

  private Memory endOfRound(SourceRun run, Memory memory, ContactPage last) {
    long counted = last.count() == null ? 0 : last.count();
    long missing = counted - run.patiently(() -> contacts.countListed(run.source()));
    if (missing > 0 && memory.round() + 1 < ROUNDS.size()) {
      return memory.at(memory.round() + 1, 1);
    }
    return memory.done(Math.max(0, missing));
  }

  private void store(SourceRun run, ContactPage page, Memory memory, Instant askedAt) {
    int stored =
        run.patiently(
            () ->
                transaction.execute(
                    status -> {
                      watermarks.remember(run.source(), MEMORY, memory);
                      return contacts.upsert(run.source(), page.rows(), askedAt);
                    }));
    run.counts().add(Count.CONTACTS, stored);
  }
}
