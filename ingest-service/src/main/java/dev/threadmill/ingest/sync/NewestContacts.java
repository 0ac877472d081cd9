package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ContactPage;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.chatwoot.ContactSort;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Lists the contacts that were created since the list was read last. They stand first in one order
 * and last in the other: more of them than one run reads are walked from where they begin.
 */
@Component
class NewestContacts {
  private final ContactPages pages;
  private final SyncLimits limits;

  NewestContacts(ContactPages pages, SyncLimits limits) {
    this.pages = pages;
    this.limits = limits;
  }

  /**
   * That those of a page are known proves nothing: senders are stored with their conversations. So
   * the pages are read down to where the last listing began, and backwards once more, since a
   * deletion pulls rows to pages that were read already.
   *
   * @return how far the list is; not complete where the walk has to go on
   */
  PeopleMemory list(SourceRun run, PeopleMemory memory) throws ChatwootException {
    Instant begun = run.client().serverNow();
    Instant known = memory.listedUntil();
    Instant until = known == null ? Instant.EPOCH : known.minus(ChangeList.OVERLAP);
    ContactPage page = null;
    for (int number = 1; number <= limits.pages(); number++) {
      page = newest(run, number, memory);
      if (reaches(page, until)) {
        for (int again = number - 1; again >= 1; again--) {
          page = newest(run, again, memory);
        }
        return end(run, memory, page, begun);
      }
    }
    return memory.goingOnAt(lastPageBefore(run, until, page), until);
  }

  private ContactPage newest(SourceRun run, int number, PeopleMemory memory)
      throws ChatwootException {
    ContactPages.Answer answer = pages.read(run, ContactSort.CREATED_LAST, number);
    pages.store(run, answer, memory);
    return answer.page();
  }

  private static boolean reaches(ContactPage page, Instant until) {
    return page.rows().isEmpty()
        || page.rows().stream().anyMatch(contact -> isBefore(contact, until));
  }

  private static boolean isBefore(ContactPayload contact, Instant until) {
    Instant created = contact.createdAt();
    return created != null && created.isBefore(until);
  }

  private PeopleMemory end(SourceRun run, PeopleMemory memory, ContactPage page, Instant begun) {
    boolean grewMore = pages.grewMore(run, memory, page);
    PeopleMemory after = pages.counted(run, memory.until(begun), page);
    if (!grewMore && memory.missing() == 0) {
      return after;
    }
    long missing = pages.missing(run, page);
    // Such as an old one that has an address now; only the whole list shows it.
    return missing > memory.missing() ? memory.anew() : after.missing(Math.max(0, missing));
  }

  /**
   * The last page, oldest contact first, that begins with one created before a time; the first page
   * where none does. Halving finds it with few requests, however long the list is.
   *
   * @param shown a page of the list
   */
  private int lastPageBefore(SourceRun run, Instant until, @Nullable ContactPage shown)
      throws ChatwootException {
    int low = 1;
    int high = 1;
    if (shown != null && !shown.rows().isEmpty()) {
      int size = shown.rows().size();
      high = (int) Math.max(1, (ContactPages.counted(shown) + size - 1) / size);
    }
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (beginsBefore(run, middle, until)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** A page that fails is taken for a later one: the walk begins before it. */
  private boolean beginsBefore(SourceRun run, int number, Instant until) throws ChatwootException {
    try {
      List<ContactPayload> rows = pages.read(run, ContactSort.CREATED_FIRST, number).page().rows();
      return !rows.isEmpty() && isBefore(rows.getFirst(), until);
    } catch (ChatwootException failure) {
      if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
      return false;
    }
  }
}
