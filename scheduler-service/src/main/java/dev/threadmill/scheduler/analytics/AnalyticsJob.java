package dev.threadmill.scheduler.analytics;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.database.Undisturbed;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import dev.threadmill.scheduler.insight.SignalChangesTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The job {@code analytics_aggregates}: computes the facts of conversations that changed, and then
 * the days on which a fact changed. Conversations whose facts were computed with another time zone
 * or other business hours are noted as changed whenever nothing else is due.
 */
@Component
class AnalyticsJob implements JobHandler {
  /** Of one run. What is left is done by the next. */
  private static final int CONVERSATIONS = 200_000;

  private static final int DAYS = 20_000;

  /** Of one transaction. */
  private static final int CONVERSATIONS_AT_ONCE = 500;

  private static final int DAYS_AT_ONCE = 10;
  private static final int NOTED_AT_ONCE = 2_000;

  private static final Logger log = LoggerFactory.getLogger(AnalyticsJob.class);

  private final ChangedConversations changes;
  private final Tables tables;
  private final TransactionTemplate transaction;

  AnalyticsJob(ChangedConversations changes, Tables tables, TransactionTemplate transaction) {
    this.changes = changes;
    this.tables = tables;
    this.transaction = transaction;
  }

  /** What the job writes. */
  @Component
  record Tables(
      StateTable state,
      SignalChangesTable signals,
      FactsTable facts,
      AgentsTable agents,
      DaysTable days) {}

  @Override
  public JobType jobType() {
    return JobType.ANALYTICS_AGGREGATES;
  }

  @Override
  public Outcome run(RunContext context) {
    Basis basis = tables.state().wanted(context.run().projectId());
    if (!basis.hasKnownZone()) {
      return Outcome.giveUp(
          "unknown_time_zone",
          "the project's time zone '%s' is not known; set one such as Europe/Berlin"
              .formatted(basis.zone()));
    }
    return new Run(context, basis).work();
  }

  /** One run, with what it counts. */
  private final class Run {
    private final RunContext context;
    private final Basis basis;
    private final UUID project;
    private int conversations;
    private int setAside;
    private int outdated;
    private int days;
    private boolean left;

    /** Another run has begun with another basis, and goes on with what is left here. */
    private boolean overtaken;

    Run(RunContext context, Basis basis) {
      this.context = context;
      this.basis = basis;
      this.project = context.run().projectId();
    }

    Outcome work() {
      tables.state().begin(project, basis);
      facts();
      days();
      Map<String, Object> result = counts();
      result.put("left", left);
      return setAside > 0
          ? Outcome.partial(conversations, result)
          : Outcome.done(conversations, result);
    }

    private void facts() {
      while (!overtaken && conversations + setAside < CONVERSATIONS) {
        context.checkpoint();
        List<Changed> due = changes.next(project, ChangeReader.ANALYTICS, CONVERSATIONS_AT_ONCE);
        if (!due.isEmpty()) {
          refreshOrSetAside(due);
          context.progress(conversations, counts());
        } else if (noteSignals() + noteOutdated() == 0) {
          return;
        }
      }
      left = true;
    }

    /** One that can't be computed harms no other: it is looked for when a batch fails. */
    private void refreshOrSetAside(List<Changed> due) {
      try {
        refresh(due);
      } catch (DataAccessException failed) {
        if (DatabaseFailures.passes(failed)) {
          throw failed;
        }
        if (due.size() == 1) {
          // No more of it: what the database complains about may be a text.
          log.warn(
              "the facts of {} can't be computed: SQL state {}",
              due.getFirst().conversationId(),
              DatabaseFailures.sqlState(failed).orElse("unknown"));
          context.say("set aside: " + due.getFirst().conversationId());
          changes.setAside(ChangeReader.ANALYTICS, due.getFirst());
          setAside++;
          return;
        }
        for (Changed one : due) {
          if (overtaken) {
            return;
          }
          context.checkpoint();
          refreshOrSetAside(List.of(one));
        }
      }
    }

    private void refresh(List<Changed> due) {
      List<String> ids = due.stream().map(Changed::conversationId).toList();
      undisturbed(
          () -> {
            if (lock()) {
              tables.facts().refresh(project, basis, ids);
              tables.agents().remember(project, ids);
              changes.done(ChangeReader.ANALYTICS, due);
            }
            return due;
          });
      conversations += overtaken ? 0 : due.size();
    }

    /** An erasure, for one, deletes rows that are computed here. */
    private <T> T undisturbed(Supplier<T> work) {
      return Undisturbed.get(
          () -> Objects.requireNonNull(transaction.execute(status -> work.get())));
    }

    private boolean lock() {
      overtaken = !tables.state().lock(project).equals(basis.text());
      return !overtaken;
    }

    private int noteSignals() {
      return note(() -> tables.signals().take(project, ChangeReader.ANALYTICS, NOTED_AT_ONCE));
    }

    private int noteOutdated() {
      int noted = note(() -> tables.state().takeOutdated(project, NOTED_AT_ONCE));
      outdated += noted;
      return noted;
    }

    private int note(Supplier<List<String>> taken) {
      return undisturbed(
          () -> {
            List<String> ids = taken.get();
            if (!ids.isEmpty()) {
              changes.note(project, ChangeReader.ANALYTICS, ids);
            }
            return ids.size();
          });
    }

    private void days() {
      while (!overtaken && days < DAYS) {
        context.checkpoint();
        int computed =
            undisturbed(() -> lock() ? tables.days().recompute(project, DAYS_AT_ONCE) : 0);
        if (overtaken) {
          break;
        }
        if (computed == 0) {
          return;
        }
        days += computed;
        context.progress(conversations, counts());
      }
      left = true;
    }

    private Map<String, Object> counts() {
      Map<String, Object> counts = new LinkedHashMap<>();
      counts.put("conversations", conversations);
      counts.put("set_aside", setAside);
      counts.put("outdated", outdated);
      counts.put("days", days);
      return counts;
    }
  }
}
