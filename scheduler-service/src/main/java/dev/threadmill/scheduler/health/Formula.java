package dev.threadmill.scheduler.health;

import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.scheduler.health.Factor.Reading;
import dev.threadmill.scheduler.health.Facts.Visit;
import dev.threadmill.scheduler.health.Facts.Wait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The formula of docs/health.md. It is a function of the facts and of the time alone, so that the
 * next time at which a score changes can be told. Whoever changes it raises {@link #VERSION}: then
 * all scores are made again.
 */
final class Formula {
  static final int VERSION = 2;

  /** What happened so long ago counts half. */
  static final double HALF_LIFE_DAYS = 14;

  /**
   * Answers, resolutions and ratings older than this count no more: a hundredth of them is left.
   */
  static final int REMEMBERED_DAYS = 90;

  /** Contacts that wrote within this time count in the score of their project. */
  static final int ACTIVE_DAYS = 90;

  private static final double HOUR = 3600;
  private static final double DAY = 86_400;
  private static final double GOOD_HOURS = 1;
  private static final double BAD_LATENCY_HOURS = 24;
  private static final double BAD_WAIT_HOURS = 48;
  private static final double BAD_REOPEN_SHARE = 0.5;

  /** After so long nobody expects the answer any more. */
  private static final double LONGEST_WAIT_DAYS = 14;

  private static final int VISITS_OF_A_RHYTHM = 4;
  private static final int RHYTHM_DAYS = 365;
  private static final double USUAL_SILENCE = 2;
  private static final double ALARMING_SILENCE = 6;

  /** Who is silent for longer has gone, which is no news any more. */
  private static final double LONGEST_SILENCE_DAYS = 90;

  private Formula() {}

  /** 0 to 100. */
  static int score(List<Reading> readings, HealthWeights weights) {
    double risks = 0;
    double all = 0;
    for (Reading reading : readings) {
      double weight = reading.factor().weight(weights) * reading.presence();
      risks += weight * reading.risk();
      all += weight;
    }
    return (int) Math.round(100 * (1 - risks / all));
  }

  static int score(Story story, HealthWeights weights, double now) {
    return score(readings(story, now), weights);
  }

  static boolean active(Story story, double now) {
    return now - story.lastCustomerAt() < ACTIVE_DAYS * DAY;
  }

  /** The factors that exist; the first and the third always do. */
  static List<Reading> readings(Story story, double now) {
    List<Reading> readings = new ArrayList<>();
    readings.add(unanswered(story, now));
    latency(story, now).ifPresent(readings::add);
    readings.add(negativeSignals(story, now));
    reopenRate(story, now).ifPresent(readings::add);
    silence(story, now).ifPresent(readings::add);
    csat(story, now).ifPresent(readings::add);
    return readings;
  }

  private static Reading unanswered(Story story, double now) {
    return worstWait(story, now)
        .map(wait -> unanswered(wait, now))
        .orElseGet(() -> new Reading(Factor.UNANSWERED, 0, 0, 1));
  }

  /** The message that waits with the highest risk, which the factor is about. */
  static Optional<Wait> worstWait(Story story, double now) {
    return story.waits().stream()
        .max(
            Comparator.comparingDouble((Wait wait) -> unanswered(wait, now).risk())
                .thenComparingDouble(wait -> unanswered(wait, now).raw()));
  }

  private static Reading unanswered(Wait wait, double now) {
    double hours = Math.max(0, now - wait.since()) / HOUR;
    double risk =
        ramp(hours, GOOD_HOURS, BAD_WAIT_HOURS) * fading(hours * HOUR - LONGEST_WAIT_DAYS * DAY);
    return new Reading(Factor.UNANSWERED, hours, risk, 1);
  }

  private static Optional<Reading> latency(Story story, double now) {
    var replies = recent(story.replies(), Facts.Reply::at, now);
    if (replies.isEmpty()) {
      return Optional.empty();
    }
    double all = replies.stream().mapToDouble(reply -> fading(now - reply.at())).sum();
    double sum = 0;
    double hours = 0;
    for (var reply :
        replies.stream().sorted(Comparator.comparingLong(Facts.Reply::seconds)).toList()) {
      sum += fading(now - reply.at());
      hours = reply.seconds() / HOUR;
      if (sum >= all / 2) {
        break;
      }
    }
    return Optional.of(
        new Reading(
            Factor.RESPONSE_LATENCY,
            hours,
            ramp(hours, GOOD_HOURS, BAD_LATENCY_HOURS),
            Math.min(1, all)));
  }

  private static Reading negativeSignals(Story story, double now) {
    double strength =
        story.troubles().stream()
            .mapToDouble(trouble -> trouble.strength() * fading(now - trouble.lastSeenAt()))
            .sum();
    return new Reading(Factor.NEGATIVE_SIGNALS, strength, 1 - Math.pow(2, -strength), 1);
  }

  private static Optional<Reading> reopenRate(Story story, double now) {
    var ends = recent(story.ends(), Formula::toldAt, now);
    if (ends.isEmpty()) {
      return Optional.empty();
    }
    double all = ends.stream().mapToDouble(end -> fading(now - toldAt(end))).sum();
    double back =
        ends.stream()
            .filter(end -> end.back() != null)
            .mapToDouble(end -> fading(now - toldAt(end)))
            .sum();
    double share = back / all;
    return Optional.of(
        new Reading(
            Factor.REOPEN_RATE, share, Math.min(1, share / BAD_REOPEN_SHARE), Math.min(1, all)));
  }

  /** A resolution is as old as what came of it. */
  static long toldAt(Facts.End end) {
    Long back = end.backAt();
    return back == null ? end.at() : back;
  }

  private static Optional<Reading> silence(Story story, double now) {
    double usual = usualPause(story, now);
    if (usual == 0) {
      return Optional.empty();
    }
    double silent = Math.max(0, now - story.lastCustomerAt());
    double times = silent / usual;
    double risk =
        Math.clamp((times - USUAL_SILENCE) / (ALARMING_SILENCE - USUAL_SILENCE), 0.0, 1.0);
    return Optional.of(
        new Reading(Factor.SILENCE, times, risk, fading(silent - LONGEST_SILENCE_DAYS * DAY)));
  }

  /**
   * The pause in the middle between two visits, in seconds, a day at least; 0: there are too few to
   * speak of a rhythm.
   */
  static double usualPause(Story story, double now) {
    List<Visit> visits =
        story.visits().stream().filter(visit -> now - visit.at() < RHYTHM_DAYS * DAY).toList();
    if (visits.size() < VISITS_OF_A_RHYTHM) {
      return 0;
    }
    long[] pauses = new long[visits.size() - 1];
    for (int i = 0; i < pauses.length; i++) {
      pauses[i] = visits.get(i + 1).at() - visits.get(i).at();
    }
    Arrays.sort(pauses);
    int half = pauses.length / 2;
    double middle = pauses.length % 2 == 1 ? pauses[half] : (pauses[half - 1] + pauses[half]) / 2.0;
    return Math.max(DAY, middle);
  }

  private static Optional<Reading> csat(Story story, double now) {
    var ratings = recent(story.ratings(), Facts.Rating::at, now);
    if (ratings.isEmpty()) {
      return Optional.empty();
    }
    double all = ratings.stream().mapToDouble(rating -> fading(now - rating.at())).sum();
    double sum =
        ratings.stream().mapToDouble(rating -> rating.rating() * fading(now - rating.at())).sum();
    // Fives alone add up to a little more than five, now and then.
    double mean = Math.clamp(sum / all, 1.0, 5.0);
    return Optional.of(new Reading(Factor.CSAT, mean, (5 - mean) / 4, Math.min(1, all)));
  }

  static <T> List<T> recent(List<T> all, ToLongFunction<T> at, double now) {
    return all.stream().filter(one -> now - at.applyAsLong(one) < REMEMBERED_DAYS * DAY).toList();
  }

  /** What is left of something after so many seconds: 1 at once, a half after a half-life. */
  static double fading(double seconds) {
    return seconds <= 0 ? 1 : Math.pow(2, -seconds / (HALF_LIFE_DAYS * DAY));
  }

  /** 0 up to what is good, 1 from what is bad on, in between by the logarithm. */
  static double ramp(double value, double good, double bad) {
    return value <= good ? 0 : Math.min(1, Math.log(value / good) / Math.log(bad / good));
  }
}
