package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ContactPage;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.chatwoot.ContactSort;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Walks the pages of the contact list, over as many runs as it takes, oldest contact first: new
 * ones only append to that order. A deletion pulls contacts one page back, to where the walk
 * already was: therefore each page is read once more after its successor.
 */
@Component
class ContactWalk {
  private static final Logger log = LoggerFactory.getLogger(ContactWalk.class);
  private static final int FAILING_PAGES = 3;

  /** Pages of equal keys have no stable order: each round walks them in another one. */
  private static final List<ContactSort> ROUNDS =
      List.of(
          ContactSort.CREATED_FIRST, ContactSort.EMAIL, ContactSort.NAME, ContactSort.CREATED_LAST);

  private final ContactPages pages;
  private final SyncLimits limits;

  ContactWalk(ContactPages pages, SyncLimits limits) {
    this.pages = pages;
    this.limits = limits;
  }

  /** Walks the pages from where the memory stands, for as many as one run may read. */
  void walk(SourceRun run, PeopleMemory begun) throws ChatwootException {
    PeopleMemory memory = begun;
    int failing = 0;
    for (int walked = 0; walked < limits.pages() && !memory.complete(); walked++) {
      try {
        memory = step(run, memory);
        failing = 0;
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest() || ++failing >= FAILING_PAGES) {
          throw failure;
        }
        // The count at the end tells what it hid.
        log.warn("page {} of the contact list fails: {}", memory.nextPage(), failure.sentence());
        memory = memory.at(memory.round(), memory.nextPage() + 1);
        pages.remember(run, memory);
      }
    }
  }

  private PeopleMemory step(SourceRun run, PeopleMemory memory) throws ChatwootException {
    Instant before = run.client().serverNow();
    ContactPages.Answer answer = pages.read(run, ROUNDS.get(memory.round()), memory.nextPage());
    if (memory.round() == 0) {
      lookBack(run, memory);
    }
    List<ContactPayload> rows = answer.page().rows();
    PeopleMemory after =
        rows.isEmpty() ? endOfRound(run, memory, answer.page(), before) : memory.past(rows);
    pages.store(run, answer, after);
    return after;
  }

  /**
   * Reads back from the page before, until one begins with what was seen already: what deletions
   * pulled back meanwhile is on these pages. The counts would not tell, for those that are gone
   * there are still stored.
   */
  private void lookBack(SourceRun run, PeopleMemory memory) throws ChatwootException {
    for (int number = memory.nextPage() - 1; number >= 1 && memory.passed() != null; number--) {
      ContactPages.Answer answer;
      try {
        answer = pages.read(run, ROUNDS.getFirst(), number);
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest()) {
          throw failure;
        }
        return;
      }
      pages.store(run, answer, memory);
      List<ContactPayload> rows = answer.page().rows();
      if (!rows.isEmpty() && memory.isBehind(rows.getFirst())) {
        return;
      }
    }
  }

  /**
   * @param before by the server's clock, before the empty page was asked for: what was created
   *     until then stood on the pages of the first round
   */
  private PeopleMemory endOfRound(
      SourceRun run, PeopleMemory memory, ContactPage last, Instant before) {
    PeopleMemory after = memory.round() == 0 ? memory.until(before) : memory;
    long missing = pages.missing(run, last);
    if (missing > 0 && memory.round() + 1 < ROUNDS.size()) {
      return after.at(memory.round() + 1, 1);
    }
    return pages.counted(run, after, last).done(Math.max(0, missing));
  }
}
