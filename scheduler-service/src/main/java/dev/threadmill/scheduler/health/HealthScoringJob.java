package dev.threadmill.scheduler.health;

import dev.threadmill.core.health.HealthSettings;
import dev.threadmill.core.health.HealthSettingsTable;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.scheduler.health.DueContacts.Due;
import dev.threadmill.scheduler.insight.ChangedConversations.Changed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Scores the contacts of a project about which something changed, or for whom time alone changes
 * it. Never all of them, but after a change of weights: then by and by.
 */
@Component
class HealthScoringJob implements JobHandler {
  /** Of one run; what is left is due still, and the next run goes on with it. */
  private static final int MOST_CONVERSATIONS = 100_000;

  private static final int MOST_CONTACTS = 100_000;
  private static final int MOST_FORGOTTEN = 50_000;

  /** Of one transaction. 500 messages of each conversation at the most are in memory at once. */
  private static final int CONVERSATIONS_AT_ONCE = 100;

  private static final int CONTACTS_AT_ONCE = 200;
  private static final int OUTDATED_AT_ONCE = 2_000;
  private static final int FORGOTTEN_AT_ONCE = 5_000;

  private final ChangedFacts changed;
  private final DueScores due;
  private final DueContacts contacts;
  private final Scores scores;
  private final HealthSettingsTable settings;

  HealthScoringJob(
      ChangedFacts changed,
      DueScores due,
      DueContacts contacts,
      Scores scores,
      HealthSettingsTable settings) {
    this.changed = changed;
    this.due = due;
    this.contacts = contacts;
    this.scores = scores;
    this.settings = settings;
  }

  @Override
  public JobType jobType() {
    return JobType.HEALTH_SCORING;
  }

  @Override
  public Outcome run(RunContext context) {
    var run = new OneRun(context);
    run.facts();
    run.scores();
    run.end();
    Map<String, Object> result = run.result();
    return run.failed > 0
        ? Outcome.partial(run.done.scored(), result)
        : Outcome.done(run.done.scored(), result);
  }

  private final class OneRun {
    private final RunContext context;
    private final UUID project;
    private int conversations;
    private int failed;
    private boolean left;
    private DueScores.Done done = DueScores.Done.NOTHING;

    OneRun(RunContext context) {
      this.context = context;
      this.project = context.run().projectId();
    }

    void facts() {
      for (List<Changed> batch = changed.next(project, CONVERSATIONS_AT_ONCE);
          !batch.isEmpty();
          batch = changed.next(project, CONVERSATIONS_AT_ONCE)) {
        if (conversations >= MOST_CONVERSATIONS) {
          left = true;
          return;
        }
        step();
        failed += changed.work(project, batch);
        conversations += batch.size();
      }
    }

    void scores() {
      HealthSettings wanted = settings.of(project);
      int looked = 0;
      for (List<Due> batch = nextDue(wanted); !batch.isEmpty(); batch = nextDue(wanted)) {
        if (looked >= MOST_CONTACTS) {
          left = true;
          return;
        }
        step();
        done = done.and(due.work(project, wanted, batch));
        looked += batch.size();
      }
    }

    /** What changed first; then what was made with other weights or an older formula. */
    private List<Due> nextDue(HealthSettings wanted) {
      List<Due> batch = due.next(project, CONTACTS_AT_ONCE);
      if (!batch.isEmpty()
          || contacts.addOutdated(project, Formula.VERSION, wanted.number(), OUTDATED_AT_ONCE)
              == 0) {
        return batch;
      }
      return due.next(project, CONTACTS_AT_ONCE);
    }

    /** What was looked at today ends up in the day of the project; what is old goes. */
    void end() {
      failed += done.failed();
      if (done.scored() + done.removed() > 0) {
        scores.noteDay(project);
      }
      int forgotten = 0;
      int some;
      do {
        step();
        some = scores.forget(project, FORGOTTEN_AT_ONCE);
        forgotten += some;
      } while (some == FORGOTTEN_AT_ONCE && forgotten < MOST_FORGOTTEN);
    }

    Map<String, Object> result() {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("conversations", conversations);
      result.put("contacts", done.scored());
      result.put("removed", done.removed());
      result.put("failed", failed);
      result.put("left", left);
      return result;
    }

    private void step() {
      context.checkpoint();
      context.progress(done.scored(), result());
    }
  }
}
