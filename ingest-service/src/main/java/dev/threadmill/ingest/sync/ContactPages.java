package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ContactPage;
import dev.threadmill.ingest.chatwoot.ContactSort;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Instant;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores listed contacts and how far their list is, in one transaction. */
@Component
class ContactPages {
  private static final String MEMORY = "people";

  private final ContactTable contacts;
  private final WatermarkTable watermarks;
  private final TransactionTemplate transaction;

  ContactPages(ContactTable contacts, WatermarkTable watermarks, TransactionTemplate transaction) {
    this.contacts = contacts;
    this.watermarks = watermarks;
    this.transaction = transaction;
  }

  /**
   * A page as it was shown.
   *
   * @param askedAt noted before it was asked for
   */
  record Answer(ContactPage page, Instant askedAt) {}

  PeopleMemory memory(SourceRun run) {
    return run.patiently(
        () -> watermarks.part(run.source(), MEMORY, PeopleMemory.class).orElse(PeopleMemory.NONE));
  }

  void remember(SourceRun run, PeopleMemory memory) {
    run.patiently(() -> rememberWithin(run, memory));
  }

  /** The same within the transaction of what it stands for. */
  void rememberWithin(SourceRun run, PeopleMemory memory) {
    watermarks.remember(run.source(), MEMORY, memory);
  }

  Answer read(SourceRun run, ContactSort sort, int number) throws ChatwootException {
    Instant askedAt = run.patiently(contacts::now);
    return new Answer(run.client().contacts(sort, number), askedAt);
  }

  /**
   * @param memory how far the list is with this page
   */
  void store(SourceRun run, Answer answer, PeopleMemory memory) {
    int stored =
        run.patiently(
            () ->
                transaction.execute(
                    status -> {
                      rememberWithin(run, memory);
                      return contacts.upsert(run.source(), answer.page().rows(), answer.askedAt());
                    }));
    run.counts().add(Count.CONTACTS, stored);
  }

  /** How many more contacts the server counts than are stored of its list. */
  long missing(SourceRun run, ContactPage page) {
    return counted(page) - run.patiently(() -> contacts.countListed(run.source()));
  }

  /** The memory with what the server counts, and what is stored now. */
  PeopleMemory counted(SourceRun run, PeopleMemory memory, ContactPage page) {
    long upTo = run.patiently(() -> contacts.highest(run.source()));
    return memory.counted(counted(page), upTo);
  }

  /**
   * Whether the server counts more contacts than before, and more of them than are new here. Only
   * then it is worth counting ours, which takes as long as there are contacts: new ones have higher
   * ids than all before.
   */
  boolean grewMore(SourceRun run, PeopleMemory memory, ContactPage page) {
    Long before = memory.counted();
    Long upTo = memory.countedUpTo();
    if (before == null || upTo == null) {
      return true;
    }
    long growth = counted(page) - before;
    return growth > 0
        && growth > run.patiently(() -> contacts.countListedAbove(run.source(), upTo));
  }

  static long counted(ContactPage page) {
    Long count = page.count();
    return count == null ? 0 : count;
  }
}
