package dev.threadmill.ingest.sync;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.sync.SourceReport.Ending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * One sync of one source: list what changed, read what must be read, compare a slice of the rest,
 * move the cursor. A step that fails, foreseen or not, does not keep the others from being done,
 * unless it is the server, the token or the database that fails.
 */
@Component
class SourceSync {
  private static final Logger log = LoggerFactory.getLogger(SourceSync.class);
  private static final String NOT_READABLE =
      "contacts or inboxes are not readable with this token: use an administrator's";

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
    ChatwootException failure = null;
    var open = new ArrayList<String>();
    try {
      access = SourceAccess.check(run);
      failure = steps(run, access, open);
    } catch (ChatwootException ended) {
      failure = ended;
    }
    return report.write(run, new Ending(since, access, failure, open));
  }

  private @Nullable ChatwootException steps(SourceRun run, Access access, List<String> open)
      throws ChatwootException {
    ChatwootException first = null;
    for (Workers.Task step :
        new Workers.Task[] {
          () -> listing.list(run),
          () -> orRefused(run, open, () -> people.list(run, access)),
          () -> reads.read(run),
          () -> orRefused(run, open, () -> contacts.checkSuspects(run)),
          () -> orRefused(run, open, () -> reconciliation.slice(run, listing.current(run)))
        }) {
      try {
        orUnexpected(run, step);
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest()) {
          throw failure;
        }
        first = first == null ? failure : first;
      }
    }
    return first;
  }

  private static void orUnexpected(SourceRun run, Workers.Task step) throws ChatwootException {
    try {
      step.run();
    } catch (RunStoppedException | SourceRemovedException stopped) {
      throw stopped;
    } catch (RuntimeException unforeseen) {
      if (DatabaseFailures.passes(unforeseen) || Thread.currentThread().isInterrupted()) {
        throw unforeseen;
      }
      // Not its message: that may quote what a customer wrote.
      log.error(
          "a step of the sync of {} ended: {} at {}",
          run.source().watermarkName(),
          unforeseen.getClass().getName(),
          unforeseen.getStackTrace()[0]);
      throw new ChatwootException(
          Kind.UNEXPECTED,
          "an unexpected error (%s); the service's log has it"
              .formatted(unforeseen.getClass().getSimpleName()));
    }
  }

  /** A good token that may not see contacts or inboxes still reads messages. */
  private static void orRefused(SourceRun run, List<String> open, Workers.Task step)
      throws ChatwootException {
    try {
      step.run();
    } catch (ChatwootException failure) {
      if (failure.kind() != Kind.UNAUTHORIZED && failure.kind() != Kind.REFUSED) {
        throw failure;
      }
      GoneConversations.requireHealthyToken(run);
      if (!open.contains(NOT_READABLE)) {
        open.add(NOT_READABLE);
      }
    }
  }
}
