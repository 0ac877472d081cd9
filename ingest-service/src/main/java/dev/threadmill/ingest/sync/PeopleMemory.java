package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ContactPayload;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far contacts and inboxes are stored.
 *
 * @param complete the contact list was walked to its end
 * @param missing how many contacts the server counted that no page showed
 * @param inboxesReadAt null: never
 * @param listedUntil contacts that were created before were listed, or are the walk's matter; the
 *     server's time
 * @param counted how many the server counted last; null: not yet
 * @param countedUpTo the highest contact id that was stored then; null: not known
 * @param passed the latest {@code created_at} that the walk has seen; null before its first page
 * @param shown the ids of its last page
 */
record PeopleMemory(
    boolean complete,
    int round,
    int nextPage,
    long missing,
    @Nullable Instant inboxesReadAt,
    @Nullable Instant listedUntil,
    @Nullable Long counted,
    @Nullable Long countedUpTo,
    @Nullable Instant passed,
    @Nullable List<Long> shown) {
  static final PeopleMemory NONE =
      new PeopleMemory(false, 0, 1, 0, null, null, null, null, null, null);

  /** What was created before is listed. */
  PeopleMemory until(Instant time) {
    return new PeopleMemory(
        complete,
        round,
        nextPage,
        missing,
        inboxesReadAt,
        time,
        counted,
        countedUpTo,
        passed,
        shown);
  }

  PeopleMemory counted(long there, long upTo) {
    return new PeopleMemory(
        complete, round, nextPage, missing, inboxesReadAt, listedUntil, there, upTo, passed, shown);
  }

  /** The walk's next page. */
  PeopleMemory at(int newRound, int page) {
    return new PeopleMemory(
        complete,
        newRound,
        page,
        missing,
        inboxesReadAt,
        listedUntil,
        counted,
        countedUpTo,
        passed,
        shown);
  }

  /** The walk over all begins at a page, since what was created before a time is listed. */
  PeopleMemory goingOnAt(int page, Instant time) {
    return new PeopleMemory(
        false, 0, page, missing, inboxesReadAt, listedUntil, counted, countedUpTo, time, null);
  }

  /** The page after one that showed these. */
  PeopleMemory past(List<ContactPayload> rows) {
    Instant latest = passed;
    for (ContactPayload row : rows) {
      latest = row.createdAt() == null ? latest : AccountCrawl.later(latest, row.createdAt());
    }
    return new PeopleMemory(
        complete,
        round,
        nextPage + 1,
        missing,
        inboxesReadAt,
        listedUntil,
        counted,
        countedUpTo,
        latest,
        rows.stream().map(ContactPayload::id).toList());
  }

  /** Whether the walk was shown a contact of a page behind it, and so those before it. */
  boolean isBehind(ContactPayload row) {
    Instant created = row.createdAt();
    return (created != null && passed != null && created.isBefore(passed))
        || (shown != null && shown.contains(row.id()));
  }

  /** The walk over all begins again. */
  PeopleMemory anew() {
    return new PeopleMemory(false, 0, 1, 0, inboxesReadAt, null, null, null, null, null);
  }

  PeopleMemory missing(long notShown) {
    return new PeopleMemory(
        complete,
        round,
        nextPage,
        notShown,
        inboxesReadAt,
        listedUntil,
        counted,
        countedUpTo,
        passed,
        shown);
  }

  PeopleMemory done(long notShown) {
    return new PeopleMemory(
        true, 0, 1, notShown, inboxesReadAt, listedUntil, counted, countedUpTo, null, null);
  }

  PeopleMemory withInboxesRead(Instant when) {
    return new PeopleMemory(
        complete, round, nextPage, missing, when, listedUntil, counted, countedUpTo, passed, shown);
  }
}
