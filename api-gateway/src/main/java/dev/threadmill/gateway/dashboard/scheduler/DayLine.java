package dev.threadmill.gateway.dashboard.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.gateway.dashboard.Shown;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The past day of a job as a picture: a mark for each quarter of an hour in which it was asked for.
 *
 * @param text the same for who does not see it
 */
record DayLine(List<Mark> marks, String text) {
  static final Duration SLOT = Duration.ofMinutes(15);
  private static final int SLOTS = 96;
  private static final int WIDTH = 10;
  private static final int GAP = 2;

  /**
   * @param x from the left, of {@link #width}
   * @param kind how it went: {@code ok}, {@code partial}, {@code failed} or {@code active}
   */
  record Mark(int x, int width, String kind, String title) {}

  /** Of all jobs that were asked for. */
  static Map<JobType, DayLine> of(List<RunHistory.Slot> slots, Instant now) {
    Map<JobType, List<RunHistory.Slot>> byJob =
        slots.stream().collect(Collectors.groupingBy(RunHistory.Slot::job));
    Map<JobType, DayLine> lines = new EnumMap<>(JobType.class);
    byJob.forEach((job, all) -> lines.put(job, line(all, now)));
    return lines;
  }

  /** Of a job that is not among them. */
  static DayLine orEmpty(@Nullable DayLine line) {
    return line == null ? new DayLine(List.of(), "No run in the past day") : line;
  }

  static Instant begin(Instant now) {
    return Instant.ofEpochSecond((last(now) - SLOTS + 1) * SLOT.toSeconds());
  }

  public int width() {
    return SLOTS * WIDTH;
  }

  private static long last(Instant now) {
    return now.getEpochSecond() / SLOT.toSeconds();
  }

  private static DayLine line(List<RunHistory.Slot> slots, Instant now) {
    long first = last(now) - SLOTS + 1;
    int runs = slots.stream().mapToInt(RunHistory.Slot::runs).sum();
    int failed = slots.stream().mapToInt(RunHistory.Slot::failed).sum();
    List<Mark> marks =
        slots.stream()
            .filter(slot -> slot.slot() >= first)
            .map(
                slot ->
                    new Mark(
                        (int) (slot.slot() - first) * WIDTH + GAP / 2,
                        WIDTH - GAP,
                        kind(slot),
                        "%s: %d asked for, %d failed"
                            .formatted(time(slot), slot.runs(), slot.failed())))
            .toList();
    return new DayLine(
        marks,
        "Past day: %s, %s"
            .formatted(
                new Shown().many(runs, "run"), failed == 0 ? "none failed" : failed + " failed"));
  }

  private static String time(RunHistory.Slot slot) {
    return new Shown().time(Instant.ofEpochSecond(slot.slot() * SLOT.toSeconds()));
  }

  private static String kind(RunHistory.Slot slot) {
    if (slot.failed() > 0) {
      return "failed";
    }
    if (slot.active() > 0) {
      return "active";
    }
    return slot.partial() > 0 ? "partial" : "ok";
  }
}
