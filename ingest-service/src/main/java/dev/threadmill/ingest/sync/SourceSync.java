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
    Steps steps;
    var open = new ArrayList<String>();
    try {
      access = SourceAccess.check(run);
      steps = steps(run, access, open);
    } catch (ChatwootException ended) {
      steps = new Steps(false, ended);
    }
    return report.write(run, new Ending(since, access, steps.listed(), steps.failure(), open));
  }

  /**
   * How the steps went.
   *
   * @param listed the list of what changed was read to its end, or as far as a run reads it
   * @param failure the first one; null when all steps were done
   */
  private record Steps(boolean listed, @Nullable ChatwootException failure) {}

  private Steps steps(SourceRun run, Access access, List<String> open) throws ChatwootException {
    ChatwootException unlisted = attempt(run, () -> listing.list(run));
    ChatwootException first = unlisted;
    for (Workers.Task step :
        new Workers.Task[] {
          () -> orRefused(run, open, () -> people.listInboxes(run, access)),
          () -> orRefused(run, open, () -> people.listContacts(run)),
          () -> reads.read(run),
          () -> orRefused(run, open, () -> contacts.checkSuspects(run)),
          () -> orRefused(run, open, () -> reconciliation.slice(run, listing.current(run)))
        }) {
      ChatwootException failure = attempt(run, step);
      first = first == null ? failure : first;
    }
    return new Steps(unlisted == null, first);
  }

  /**
   * @return why the step was not done, though others may be; null when it was
   * @throws ChatwootException when no other may be done either
   */
  private static @Nullable ChatwootException attempt(SourceRun run, Workers.Task step)
      throws ChatwootException {
    try {
      orUnexpected(run, step);
      return null;
    } catch (ChatwootException failure) {
      if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
      return failure;
    }
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
