package dev.threadmill.gateway.status;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.gateway.status.EmbeddingView.Hold;
import dev.threadmill.gateway.status.StatusTables.SourceSync;
import dev.threadmill.gateway.status.StatusView.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is not well with a project, each in a sentence that names it. */
final class Ailments {
  /** A backlog that stands still for so long is nobody's pause for breath. */
  private static final Duration STANDSTILL = Duration.ofMinutes(15);

  /** A sync may take its time, or leave something to its next run. */
  private static final Duration LEAST_PATIENCE = Duration.ofHours(1);

  private static final int PATIENT_CADENCES = 4;

  /** Of a schedule whose times a cron expression tells. */
  private static final Duration DAY = Duration.ofHours(25);

  private final List<String> found = new ArrayList<>();

  List<String> list() {
    return List.copyOf(found);
  }

  Ailments add(List<String> more) {
    found.addAll(more);
    return this;
  }

  /** The latest of each job. */
  Ailments runs(List<JobRun> latest) {
    for (JobRun run : latest) {
      if (run.status() == RunStatus.FAILED) {
        found.add(run.jobType().wireName() + " failed: " + run.error());
      }
    }
    return this;
  }

  Ailments chunks(long failed) {
    if (failed > 0) {
      found.add(failed + " chunks could not be embedded");
    }
    return this;
  }

  Ailments storage(Storage storage) {
    if (storage.alert()) {
      found.add("the database uses " + storage.usagePercent() + " % of its budget");
    }
    return this;
  }

  /** A rate limit is none: it passes. */
  Ailments provider(EmbeddingView embedding) {
    Hold hold = embedding.provider();
    if (hold != null && hold.kind().equals("refused")) {
      found.add("embedding pauses: " + hold.reason());
    } else if (hold != null
        && hold.kind().equals("unavailable")
        && embedding.progress().waiting() > 0) {
      found.add("the embedding provider does not answer: " + hold.reason());
    }
    return this;
  }

  Ailments backlog(long waiting, Duration age, EmbeddingView embedding) {
    if (age.compareTo(STANDSTILL) > 0 && embedding.progress().secondsLeft() == null) {
      found.add(
          "%d chunks wait, one of them for %d minutes, and none is being embedded"
              .formatted(waiting, age.toMinutes()));
    }
    return this;
  }

  /** What is paused is behind because somebody wants it. */
  Ailments sync(List<SourceSync> sources, List<ScheduleRow> schedules) {
    schedules.stream()
        .filter(row -> row.jobType() == JobType.CHATWOOT_SYNC && row.active())
        .findFirst()
        .ifPresent(schedule -> sources.forEach(source -> complete(source, schedule)));
    return this;
  }

  private void complete(SourceSync source, ScheduleRow schedule) {
    Instant complete = source.completeAsOf();
    Instant since = complete == null ? source.boundAt() : complete;
    Instant wanted = wanted(schedule, source.now());
    if (wanted == null || !since.plus(patience(schedule)).isBefore(wanted)) {
      return;
    }
    found.add(
        complete == null
            ? "the sync of " + source.source() + " was not complete yet"
            : "the sync of " + source.source() + " is complete as of " + complete + " only");
  }

  /**
   * As of when it should be complete. Between the hours of a window and the times of a cron
   * expression nothing is read, for days perhaps, so there only a run can be behind; null where
   * there was none.
   */
  private static @Nullable Instant wanted(ScheduleRow schedule, Instant now) {
    ScheduleSettings settings = schedule.settings();
    return settings.cadenceSeconds() == null || settings.window() != null
        ? schedule.lastRunAt()
        : now;
  }

  private static Duration patience(ScheduleRow schedule) {
    Integer cadence = schedule.settings().cadenceSeconds();
    if (cadence == null) {
      return DAY;
    }
    Duration several = Duration.ofSeconds(cadence).multipliedBy(PATIENT_CADENCES);
    return several.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : several;
  }
}
