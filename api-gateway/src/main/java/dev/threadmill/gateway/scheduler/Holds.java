package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.project.Projects;
import dev.threadmill.core.run.JobWorkers;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.Window;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.gateway.scheduler.Explanation.Hold;
import dev.threadmill.gateway.scheduler.SchedulerFacts.ActiveRun;
import dev.threadmill.gateway.scheduler.SchedulerFacts.Ended;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds out what keeps a job from running. */
@Component
class Holds {
  /** Of a timer that has not ticked yet: the default of {@code SCHEDULER_TICK_SECONDS}. */
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(60);

  /** A tick takes its time, and passes over a schedule that somebody changes at that moment. */
  private static final Duration LEEWAY = Duration.ofSeconds(30);

  /** Error classes that say that nothing may be spent any more. */
  private static final Set<String> SPENT =
      Set.of("insufficient_quota", "payment_required", "budget_exhausted");

  /** Why an embedding run left work for the next day, which begins at 00:00 UTC. */
  private static final String DAILY_CEILING = "daily_ceiling";

  private final SchedulerFacts facts;
  private final Projects projects;
  private final TickLog ticks;
  private final JobWorkers workers;
  private final KafkaConnection kafka;

  Holds(
      SchedulerFacts facts,
      Projects projects,
      TickLog ticks,
      JobWorkers workers,
      KafkaConnection kafka) {
    this.facts = facts;
    this.projects = projects;
    this.ticks = ticks;
    this.workers = workers;
    this.kafka = kafka;
  }

  /** What the schedule's own row and the active run tell, for lists. */
  List<Hold> brief(ScheduleRow row, @Nullable ActiveRun active, Instant now) {
    List<Hold> holds = new ArrayList<>();
    if (!row.active()) {
      holds.add(rests(row));
    }
    if (active != null) {
      holds.add(active(active, now));
    }
    if (row.active() && row.failures() > 0) {
      holds.add(backsOff(row));
    }
    return holds;
  }

  /** All there is. */
  List<Hold> all(ScheduleRow row, @Nullable ActiveRun active, Instant now) {
    List<Hold> holds = new ArrayList<>();
    archived(row, holds);
    holds.addAll(brief(row, active, now));
    budget(row, now, holds);
    if (row.jobType() == JobType.CHATWOOT_SYNC && !facts.hasSource(row.projectId())) {
      holds.add(
          Hold.of(
              "no_source", "No Chatwoot account is bound to this project; add a source to it."));
    }
    absentService(row.jobType(), holds);
    if (!kafka.isUp()) {
      holds.add(
          Hold.of("kafka_away", "Kafka is away: runs are queued, and start when it is back."));
    }
    overdue(row, now, holds);
    outsideWindow(row, now, holds);
    return holds;
  }

  private void archived(ScheduleRow row, List<Hold> holds) {
    projects
        .archivedAt(row.projectId())
        .map(
            since ->
                new Hold(
                    "archived",
                    "The project is archived: its schedules move on and run nothing.",
                    null,
                    since,
                    null,
                    null))
        .ifPresent(holds::add);
  }

  /** The latest run knows best; the schedule's row remembers where no run is left to tell. */
  private void budget(ScheduleRow row, Instant now, List<Hold> holds) {
    Optional<Ended> latest = facts.latestEnd(row.projectId(), row.jobType());
    String word =
        latest.map(Ended::errorClass).orElse(latest.isEmpty() ? row.lastErrorClass() : "");
    if (SPENT.contains(Objects.requireNonNullElse(word, ""))) {
      String why = latest.map(Ended::error).orElse(row.lastError());
      holds.add(Hold.of("budget", "The budget is used up: " + why));
    }
    latest
        .filter(run -> DAILY_CEILING.equals(run.heldBy()) && midnightAfter(run.at()).isAfter(now))
        .map(Holds::spentForToday)
        .ifPresent(holds::add);
  }

  private static Hold spentForToday(Ended run) {
    return new Hold(
        "budget",
        "The budget is used up: " + run.heldBecause(),
        null,
        run.at(),
        midnightAfter(run.at()),
        null);
  }

  private static Instant midnightAfter(Instant time) {
    return time.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
  }

  private static Hold rests(ScheduleRow row) {
    String who = Objects.requireNonNullElse(row.statusChangedBy(), "somebody");
    String why = row.statusReason();
    boolean paused = row.status().equals("paused");
    String what =
        paused || why == null
            ? "%s by %s%s".formatted(capital(row.status()), who, why == null ? "" : ": " + why)
            // The reason of a suspension is a whole sentence.
            : capital(why);
    return new Hold(row.status(), what, who, row.statusChangedAt(), null, null);
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static Hold active(ActiveRun run, Instant now) {
    boolean queued = run.status() == RunStatus.QUEUED;
    String text =
        "A run, started by %s, is %s".formatted(run.requestedBy(), run.status().wireName());
    if (queued && run.heldBy() != null) {
      return hold("limit", text + ": " + run.heldBy(), run, null);
    }
    if (queued && run.dueAt().isAfter(now)) {
      return hold(
          "retry_wait",
          "%s and tried again after attempt %d: %s".formatted(text, run.attempt(), run.error()),
          run,
          run.dueAt());
    }
    return hold("run_active", text, run, null);
  }

  private static Hold hold(String kind, String text, ActiveRun run, @Nullable Instant until) {
    return new Hold(kind, text, run.requestedBy(), run.since(), until, run.id());
  }

  private static Hold backsOff(ScheduleRow row) {
    return new Hold(
        "back_off",
        "Waits longer after %d failures in a row. The last one: %s"
            .formatted(row.failures(), row.lastError()),
        "scheduler",
        row.lastRunAt(),
        row.nextRunAt(),
        null);
  }

  private void absentService(JobType job, List<Hold> holds) {
    JobWorkers.Presence presence = workers.of(job);
    if (presence.present() == 0) {
      holds.add(
          new Hold(
              "service_absent",
              "No service that takes runs of " + job.wireName() + " is there; start one.",
              null,
              presence.lastSeen().orElse(null),
              null,
              null));
    }
  }

  /** What is due for two intervals of the timer, and some, was looked at by nobody. */
  static Duration patience(TickLog ticks) {
    return ticks.interval().orElse(DEFAULT_INTERVAL).multipliedBy(2).plus(LEEWAY);
  }

  private void overdue(ScheduleRow row, Instant now, List<Hold> holds) {
    if (row.active() && row.nextRunAt().plus(patience(ticks)).isBefore(now)) {
      holds.add(
          new Hold(
              "scheduler_absent",
              "It was due at %s, and no scheduler looked; start scheduler-service."
                  .formatted(row.nextRunAt()),
              null,
              facts.lastTick().orElse(null),
              null,
              null));
    }
  }

  private static void outsideWindow(ScheduleRow row, Instant now, List<Hold> holds) {
    Window window = row.settings().window();
    try {
      if (window != null && !window.contains(now, row.settings().zone())) {
        holds.add(
            new Hold(
                "outside_window",
                "It runs from %s to %s (%s) only."
                    .formatted(window.from(), window.until(), row.settings().timeZone()),
                null,
                null,
                row.nextRunAt(),
                null));
      }
    } catch (IllegalArgumentException unknownZone) {
      // Then it is suspended for that, and says so.
    }
  }
}
