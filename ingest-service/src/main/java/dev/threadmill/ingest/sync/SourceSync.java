package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.sync.SourceReport.Ending;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * One sync of one source: list what changed, read what must be read, compare a slice of the rest,
 * move the cursor. A step that fails does not keep the others from being done, unless it is the
 * server or the token that fails.
 */
@Component
class SourceSync {
  private final ConversationListing listing;
  private final PeopleList people;
  private final ConversationReads reads;
  private final ContactLookup contacts;
  private final Reconciliation reconciliation;
  private final SourceReport report;

  SourceSync(
      ConversationListing listing,
      PeopleList people,
      ConversationReads reads,
      ContactLookup contacts,
      Reconciliation reconciliation,
      SourceReport report) {
    this.listing = listing;
    this.people = people;
    this.reads = reads;
    this.contacts = contacts;
    this.reconciliation = reconciliation;
    this.report = report;
  }

  SourceResult sync(SourceRun run) {
    Instant since = listing.current(run).listedUntil();
    Access access = Access.UNKNOWN;
    Instant listedAt = null;
    ChatwootException failure = null;
    try {
      access = SourceAccess.check(run);
      listedAt = run.client().serverNow();
      failure = steps(run, access);
    } catch (ChatwootException ended) {
      failure = ended;
    }
    return report.write(run, new Ending(since, listedAt, access, failure));
  }

  private @Nullable ChatwootException steps(SourceRun run, Access access) throws ChatwootException {
    ChatwootException first = null;
    for (Workers.Task step :
        new Workers.Task[] {
          () -> listing.list(run),
          () -> people.list(run, access),
          () -> reads.read(run),
          () -> contacts.checkSuspects(run),
          () -> reconciliation.slice(run, listing.current(run))
        }) {
      try {
        step.run();
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest()) {
          throw failure;
        }
        first = first == null ? failure : first;
      }
    }
    return first;
  }
}
