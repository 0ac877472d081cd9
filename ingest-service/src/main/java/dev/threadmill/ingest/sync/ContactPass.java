package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ContactPage;
import dev.threadmill.ingest.chatwoot.ContactSort;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * The reconciliation's walk over the contact list, for what is missing, and over the stored ones.
 */
@Component
class ContactPass {
  private static final int AT_ONCE = 100;
  private static final double PER_PAGE = 15;

  private final ContactTable contacts;
  private final ContactLookup lookup;
  private final PeopleList people;
  private final SyncLimits limits;

  ContactPass(ContactTable contacts, ContactLookup lookup, PeopleList people, SyncLimits limits) {
    this.contacts = contacts;
    this.lookup = lookup;
    this.people = people;
    this.limits = limits;
  }

  Pass advance(SourceRun run, Pass begun, double share, Pass.Keeper keeper)
      throws ChatwootException {
    return askForEach(run, walkList(run, begun, share, keeper), share, keeper);
  }

  /** How many contacts a pass has to ask for. */
  long all(SourceRun run) {
    return run.patiently(() -> contacts.countPresent(run.source()));
  }

  boolean isThrough(SourceRun run, Pass pass) {
    return pass.contactPage() == 0
        && run.patiently(() -> contacts.present(run.source(), pass.contact(), 1)).isEmpty();
  }

  private Pass walkList(SourceRun run, Pass begun, double share, Pass.Keeper keeper)
      throws ChatwootException {
    Pass pass = begun;
    for (int walked = 0; walked < limits.pages() && pass.contactPage() > 0; walked++) {
      run.checkpoint();
      if (share < 1 && pass.contactPage() > pass.contactsInAll() / PER_PAGE * share) {
        break;
      }
      pass = page(run, pass);
      keeper.keep(pass);
    }
    return pass;
  }

  private Pass page(SourceRun run, Pass pass) throws ChatwootException {
    Instant askedAt = run.patiently(contacts::now);
    ContactPage page;
    try {
      page = run.client().contacts(ContactSort.CREATED_FIRST, pass.contactPage());
    } catch (ChatwootException failure) {
      if (!failure.kind().ofOneRequest()
          || pass.contactPage() > pass.contactsInAll() / PER_PAGE + 1) {
        throw failure;
      }
      return pass.contactPage(pass.contactPage() + 1, Pass.Found.unanswered());
    }
    if (page.rows().isEmpty()) {
      Long count = page.count();
      if (count != null && count > run.patiently(() -> contacts.countListed(run.source()))) {
        // Equal times have no stable order, and a page may have failed: other orders show the rest.
        people.beginAnew(run);
      }
      return pass.contactPage(0, Pass.Found.NOTHING);
    }
    int known = run.patiently(() -> contacts.known(run.source(), page.rows()));
    int stored = run.patiently(() -> contacts.upsert(run.source(), page.rows(), askedAt));
    run.counts().add(Count.CONTACTS, stored);
    int missing = page.rows().size() - known;
    return pass.contactPage(
        pass.contactPage() + 1, new Pass.Found(0, missing, 0, Math.max(0, stored - missing), 0));
  }

  private Pass askForEach(SourceRun run, Pass begun, double share, Pass.Keeper keeper)
      throws ChatwootException {
    Pass pass = begun;
    long left = limits.reconcileAtOnce();
    if (share < 1) {
      left = Math.min(left, (long) (pass.contactsInAll() * share) - pass.contacts());
    }
    while (left > 0) {
      long above = pass.contact();
      int limit = (int) Math.min(AT_ONCE, left);
      List<Long> ids = run.patiently(() -> contacts.present(run.source(), above, limit));
      if (ids.isEmpty()) {
        break;
      }
      pass = pass.contacts(ids.getLast(), ids.size(), askFor(run, ids));
      keeper.keep(pass);
      left -= ids.size();
    }
    return pass;
  }

  private Pass.Found askFor(SourceRun run, List<Long> ids) throws ChatwootException {
    var found = new Pass.Sum();
    try (Workers workers = new Workers(run.concurrency())) {
      for (long id : ids) {
        workers.start(
            () -> {
              Pass.Found one =
                  switch (lookup.look(run, id)) {
                    case SAME -> Pass.Found.differences(0, 0, 0);
                    case CHANGED -> Pass.Found.differences(0, 0, 1);
                    case GONE -> Pass.Found.differences(0, 1, 0);
                    case UNANSWERED -> Pass.Found.unanswered();
                  };
              found.add(one);
            });
      }
      workers.finish();
    }
    return found.found();
  }
}
