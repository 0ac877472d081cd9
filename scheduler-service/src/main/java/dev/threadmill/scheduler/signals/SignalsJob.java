package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.core.signal.PhraseRules;
import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finds signals in what changed: conversations by the rules, new vectors by nearness, and customers
 * whose silence is due. Each step is a batch in its own transaction, so a run that is taken over
 * goes on where the last one stopped.
 */
@Component
final class SignalsJob implements JobHandler {
  private static final Logger log = LoggerFactory.getLogger(SignalsJob.class);

  /** The most of one run; what is left is the next one's. */
  private static final int CONVERSATIONS = 100_000;

  private static final int VECTORS = 200_000;
  private static final int CONTACTS = 50_000;

  private static final int CONVERSATIONS_AT_ONCE = 100;
  private static final int VECTORS_AT_ONCE = 200;
  private static final int CONTACTS_AT_ONCE = 100;

  /** Of a transaction that is given up for another one. */
  private static final int ATTEMPTS = 4;

  private final ChangedConversations changes;
  private final ProjectRules projectRules;
  private final ConversationPass conversations;
  private final Meanings meanings;
  private final Silences silences;

  SignalsJob(
      ChangedConversations changes,
      ProjectRules projectRules,
      ConversationPass conversations,
      Meanings meanings,
      Silences silences) {
    this.changes = changes;
    this.projectRules = projectRules;
    this.conversations = conversations;
    this.meanings = meanings;
    this.silences = silences;
  }

  /** The second detector. */
  @Component
  record Meanings(UnreadVectors vectors, VectorPass pass) {}

  /** The third kind of work, which goes by time. */
  @Component
  record Silences(RhythmTable rhythms, Silence silence, TransactionTemplate transaction) {}

  @Override
  public JobType jobType() {
    return JobType.SIGNALS_EXTRACTION;
  }

  @Override
  public Outcome run(RunContext context) {
    UUID project = context.run().projectId();
    SignalsTally tally = new SignalsTally(context);
    readConversations(project, tally, ownRules(project, context));
    boolean unread = compareVectors(project, tally);
    lookAtSilence(project, tally);
    tally.left(
        !changes.next(project, ChangeReader.SIGNALS, 1).isEmpty()
            || !silences.rhythms().due(project, 1).isEmpty()
            || unread);
    return tally.outcome();
  }

  private @Nullable PhraseRules ownRules(UUID project, RunContext context) {
    try {
      return projectRules.of(project).orElse(null);
    } catch (IllegalArgumentException unreadable) {
      // They were checked by an older version, or written by hand.
      context.say("the project's own rules are left out: " + unreadable.getMessage());
      return null;
    }
  }

  private void readConversations(UUID project, SignalsTally tally, @Nullable PhraseRules own) {
    for (int done = 0; done < CONVERSATIONS; ) {
      tally.checkpoint();
      List<Changed> batch = changes.next(project, ChangeReader.SIGNALS, CONVERSATIONS_AT_ONCE);
      if (batch.isEmpty()) {
        return;
      }
      each(
          batch,
          some -> tally.conversations(some.size(), conversations.work(project, some, own)),
          (bad, failure) -> {
            changes.setAside(ChangeReader.SIGNALS, bad);
            setAside(tally, "conversation " + bad.conversationId(), failure);
          });
      done += batch.size();
    }
  }

  /**
   * @return whether there is more of it than one run does; what waits for its model's examples is
   *     not
   */
  private boolean compareVectors(UUID project, SignalsTally tally) {
    if (!meanings.vectors().any(project)) {
      return false;
    }
    VectorPass.OneRun pass = meanings.pass().begin(project, tally::checkpoint);
    Optional<String> off = pass.off();
    long before = Long.MAX_VALUE;
    for (int done = 0; off.isEmpty() && done < VECTORS; done += VECTORS_AT_ONCE) {
      tally.checkpoint();
      List<Long> batch = meanings.vectors().next(project, before, VECTORS_AT_ONCE);
      if (batch.isEmpty()) {
        return false;
      }
      off = pass.failure(batch);
      each(
          batch,
          some -> {
            VectorPass.Result result = pass.work(some);
            tally.vectors(result.compared(), result.written());
          },
          (bad, failure) -> {
            meanings.pass().leaveOut(project, bad);
            setAside(tally, "chunk " + bad, failure);
          });
      before = batch.getLast();
    }
    off.ifPresent(tally::meaningOff);
    return off.isEmpty() && !meanings.vectors().next(project, before, 1).isEmpty();
  }

  private void lookAtSilence(UUID project, SignalsTally tally) {
    for (int done = 0; done < CONTACTS; ) {
      tally.checkpoint();
      List<String> batch = silences.rhythms().due(project, CONTACTS_AT_ONCE);
      if (batch.isEmpty()) {
        return;
      }
      each(
          batch,
          some -> {
            Written written =
                silences.transaction().execute(status -> silences.silence().look(project, some));
            tally.contacts(some.size(), written == null ? Written.NOTHING : written);
          },
          (bad, failure) -> {
            silences.rhythms().putOff(bad);
            setAside(tally, "contact " + bad, failure);
          });
      done += batch.size();
    }
  }

  private interface Failed<T> {
    void accept(T bad, RuntimeException failure);
  }

  /** All at once; where that fails one by one, so that a bad one harms no other. */
  private static <T> void each(List<T> batch, Consumer<List<T>> work, Failed<T> failed) {
    try {
      undisturbed(() -> work.accept(batch));
    } catch (RuntimeException failure) {
      passOn(failure);
      for (T one : batch) {
        try {
          undisturbed(() -> work.accept(List.of(one)));
        } catch (RuntimeException again) {
          passOn(again);
          undisturbed(() -> failed.accept(one, again));
        }
      }
    }
  }

  /** What the database gave up for another transaction is no fault of what was worked on. */
  private static void undisturbed(Runnable work) {
    for (int attempt = 1; ; attempt++) {
      try {
        work.run();
        return;
      } catch (RuntimeException failure) {
        if (attempt == ATTEMPTS || !DatabaseFailures.isConflict(failure)) {
          throw failure;
        }
      }
    }
  }

  /** A database that is away, or does not come to an end with it, is so for all of them. */
  private static void passOn(RuntimeException failure) {
    if (failure instanceof RunStoppedException || DatabaseFailures.passes(failure)) {
      throw failure;
    }
  }

  private static void setAside(SignalsTally tally, String what, RuntimeException failure) {
    // What it says may quote what a customer wrote.
    log.warn("{} is set aside: {}", what, failure.getClass().getName());
    tally.setAside(what);
  }
}
