package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows the runs of a project for one reader, by two looks into small indexes each time: what is
 * active, and what finished since. An event's id is the database's time in microseconds up to which
 * all was sent, but for the overlap.
 */
public final class ProjectLook implements LiveStreams.Look {
  private static final int AT_ONCE = 500;
  private static final Duration LONGEST_LOOK_BACK = Duration.ofMinutes(10);

  /** A run's end becomes visible at its commit, a little later than the time in its row. */
  private static final Duration OVERLAP = Duration.ofSeconds(5);

  private final RunHistory history;
  private final JsonMapper json;
  private final UUID projectId;
  private final @Nullable String lastSeen;
  private final Map<UUID, String> shown = new HashMap<>();
  private @Nullable Instant since;

  /**
   * @param lastSeen the id of the event that the reader saw last; null for a new one
   */
  public ProjectLook(
      RunHistory history, JsonMapper json, UUID projectId, @Nullable String lastSeen) {
    this.history = history;
    this.json = json;
    this.projectId = projectId;
    this.lastSeen = lastSeen;
  }

  @Override
  public boolean look(LiveStreams.Out out) throws IOException {
    boolean first = since == null;
    Instant from = since == null ? begin() : since;
    RunHistory.Seen seen = history.live(projectId, from, AT_ONCE);
    Map<UUID, String> now = new HashMap<>();
    boolean more = seen.runs().stream().filter(run -> run.finishedAt() != null).count() == AT_ONCE;
    Instant lastFinish = from;
    for (JobRun run : seen.runs()) {
      RunView view = RunView.of(run);
      String print = Fingerprint.of(json, view);
      now.put(run.id(), print);
      // What finished just before somebody began to look is not news to them.
      boolean old = first && lastSeen == null && run.finishedAt() != null;
      if (!old && !print.equals(shown.get(run.id()))) {
        out.send(id(run, seen.at(), more), "run", view);
      }
      if (run.finishedAt() != null) {
        lastFinish = run.finishedAt();
      }
    }
    shown.clear();
    shown.putAll(now);
    since = more ? lastFinish : seen.at().minus(OVERLAP);
    return true;
  }

  /**
   * From where somebody goes on who is cut off behind this event, so that they get what finished
   * after this run or, to the microsecond, with it. What is active comes behind all that finished,
   * unless there is more of that.
   */
  private static @Nullable String id(JobRun run, Instant at, boolean more) {
    Instant finishedAt = run.finishedAt();
    if (finishedAt == null) {
      return more ? null : id(at);
    }
    Instant sent = finishedAt.plus(OVERLAP).minus(1, ChronoUnit.MICROS);
    return id(sent.isBefore(at) ? sent : at);
  }

  private static String id(Instant time) {
    return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time));
  }

  private Instant begin() {
    Instant now = history.now();
    if (lastSeen == null) {
      return now.minus(OVERLAP);
    }
    try {
      Instant seen = Instant.EPOCH.plus(Long.parseLong(lastSeen), ChronoUnit.MICROS);
      Instant earliest = now.minus(LONGEST_LOOK_BACK);
      return seen.minus(OVERLAP).isBefore(earliest) ? earliest : seen.minus(OVERLAP);
    } catch (ArithmeticException | java.time.DateTimeException | NumberFormatException foreign) {
      return now.minus(OVERLAP);
    }
  }
}
