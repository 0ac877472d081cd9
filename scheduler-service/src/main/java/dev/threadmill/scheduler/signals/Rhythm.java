package dev.threadmill.scheduler.signals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How often a customer writes, told by what they wrote; docs/signals.md has the formula.
 *
 * @param gaps between visits that were counted, at most 20
 * @param median the middle one
 * @param spread how far they are from it on average
 * @param longGap nine in ten are no longer
 */
record Rhythm(int gaps, Duration median, Duration spread, Duration longGap) {
  /** What is written within an hour is one visit. */
  private static final Duration VISIT = Duration.ofHours(1);

  private static final int FEWEST_GAPS = 5;
  private static final int MOST_GAPS = 20;
  private static final int PATIENCE = 3;
  private static final Duration SHORTEST_SILENCE = Duration.ofDays(2);

  /** Who wrote last before this has left, and keeps no rhythm. */
  static final Duration LONGEST_SILENCE = Duration.ofDays(180);

  private static final int[] STEPS = {1, 2, 4};

  /**
   * @param times of the customer's messages, in any order
   * @return empty: there are too few to tell
   */
  static Optional<Rhythm> of(List<Instant> times) {
    List<Instant> visits = new ArrayList<>();
    Instant last = null;
    for (Instant time : times.stream().sorted().toList()) {
      if (last == null || Duration.between(last, time).compareTo(VISIT) > 0) {
        visits.add(time);
      }
      last = time;
    }
    List<Duration> gaps = new ArrayList<>();
    for (int i = Math.max(1, visits.size() - MOST_GAPS); i < visits.size(); i++) {
      gaps.add(Duration.between(visits.get(i - 1), visits.get(i)));
    }
    if (gaps.size() < FEWEST_GAPS) {
      return Optional.empty();
    }
    Duration median = median(gaps);
    Duration distances =
        gaps.stream().map(gap -> gap.minus(median).abs()).reduce(Duration.ZERO, Duration::plus);
    Duration longGap = gaps.stream().sorted().toList().get((gaps.size() * 9 - 1) / 10);
    return Optional.of(new Rhythm(gaps.size(), median, distances.dividedBy(gaps.size()), longGap));
  }

  private static Duration median(List<Duration> all) {
    List<Duration> sorted = all.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
  }

  /** A silence that is longer than this is out of the ordinary. */
  Duration allowed() {
    Duration patient = median.multipliedBy(PATIENCE);
    return Stream.of(patient, longGap, SHORTEST_SILENCE).max(Duration::compareTo).orElseThrow();
  }

  /** Surer the more regular the customer is and the longer it is known. */
  double confidence() {
    double irregular = Math.min(1, (double) spread.toSeconds() / Math.max(1, median.toSeconds()));
    return 0.9 - 0.3 * irregular - 0.02 * Math.max(0, 15 - gaps);
  }

  /**
   * How many steps of silence are passed, from 0: at once, twice and four times what is allowed.
   */
  int steps(Duration silence) {
    int passed = 0;
    for (int step : STEPS) {
      passed += silence.compareTo(allowed().multipliedBy(step)) >= 0 ? 1 : 0;
    }
    return passed;
  }

  int severity(int steps) {
    return steps + 1;
  }

  /** When the silence is looked at after so many steps; empty: there is no further one. */
  Optional<Instant> due(Instant lastSaid, int steps) {
    return steps >= STEPS.length
        ? Optional.empty()
        : Optional.of(lastSaid.plus(allowed().multipliedBy(STEPS[steps])));
  }
}
