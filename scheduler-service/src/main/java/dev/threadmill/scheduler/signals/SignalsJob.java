package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.database.Undisturbed;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
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

  /** Conversations that are read again because the rules are others. */
  private static final int OUTDATED = 10_000;

  private static final int CONVERSATIONS_AT_ONCE = 100;
  private static final int VECTORS_AT_ONCE = 200;
  private static final int CONTACTS_AT_ONCE = 100;
  private static final int OUTDATED_AT_ONCE = 1_000;

  private final ChangedConversations changes;
  private final Reading reading;
  private final Meanings meanings;
  private final Silences silences;

  SignalsJob(ChangedConversations changes, Reading reading, Meanings meanings, Silences silences) {
    this.changes = changes;
    this.reading = reading;
    this.meanings = meanings;
    this.silences = silences;
  }

  /** The first detector. */
  @Component
  record Reading(
      Rulebook rulebook,
      ProjectRules projectRules,
      CustomerMessages messages,
      ConversationPass pass) {}

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
    RulesInForce rules = rules(project, context);
    readConversations(project, tally, rules);
    boolean unread = compareVectors(project, tally);
    lookAtSilence(project, tally);
    boolean outdated = readAgain(project, tally, rules);
    tally.left(
        !nothingChanged(project)
            || !silences.rhythms().due(project, 1).isEmpty()
            || unread
            || outdated);
    return tally.outcome();
  }

  private RulesInForce rules(UUID project, RunContext context) {
    try {
      return reading.rulebook().with(reading.projectRules().of(project));
    } catch (IllegalArgumentException unreadable) {
      // They were checked by an older version, or written by hand.
      context.say("the project's own rules are left out: " + unreadable.getMessage());
      return reading.rulebook().with(List.of());
    }
  }

  /**
   * What was read by other rules is read again, some of it in each run, when all that changed is
   * read.
   *
   * @return whether there is more of it than one run does
   */
  private boolean readAgain(UUID project, SignalsTally tally, RulesInForce rules) {
    for (int done = 0; done < OUTDATED && nothingChanged(project); ) {
      tally.checkpoint();
      List<String> some =
          reading.messages().readByOthers(project, rules.version(), OUTDATED_AT_ONCE);
      if (some.isEmpty()) {
        return false;
      }
      changes.note(project, ChangeReader.SIGNALS, some);
      tally.outdated(some.size());
      readConversations(project, tally, rules);
      done += some.size();
    }
    return !reading.messages().readByOthers(project, rules.version(), 1).isEmpty();
  }

  private boolean nothingChanged(UUID project) {
    return changes.next(project, ChangeReader.SIGNALS, 1).isEmpty();
  }

  private void readConversations(UUID project, SignalsTally tally, RulesInForce rules) {
    for (int done = 0; done < CONVERSATIONS; ) {
      tally.checkpoint();
      List<Changed> batch = changes.next(project, ChangeReader.SIGNALS, CONVERSATIONS_AT_ONCE);
      if (batch.isEmpty()) {
        return;
      }
      each(
          batch,
          some -> tally.conversations(some.size(), reading.pass().work(project, some, rules)),
          (bad, failure) -> oneByOne(project, bad, rules, tally));
      done += batch.size();
    }
  }

  private void oneByOne(UUID project, Changed bad, RulesInForce rules, SignalsTally tally) {
    try {
      ConversationPass.Result result = reading.pass().oneByOne(project, bad, rules);
      tally.conversations(1, result);
      if (result.failed() > 0) {
        tally.messagesFailed(bad.conversationId(), result.failed());
      }
    } catch (RuntimeException failure) {
      passOn(failure);
      changes.setAside(ChangeReader.SIGNALS, bad);
      setAside(tally, "conversation " + bad.conversationId(), failure);
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
      Undisturbed.run(() -> work.accept(batch));
    } catch (RuntimeException failure) {
      passOn(failure);
      for (T one : batch) {
        try {
          Undisturbed.run(() -> work.accept(List.of(one)));
        } catch (RuntimeException again) {
          passOn(again);
          Undisturbed.run(() -> failed.accept(one, again));
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
