package dev.threadmill.scheduler.health;

import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.scheduler.health.Factor.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says in words, and with the messages and signals it rests on, how a score came about. */
final class Explanation {
  private static final int MOST_EVIDENCE = 5;
  private static final double HOUR = 3600;
  private static final double DAY = 86_400;

  private final Story story;
  private final double now;
  private final String messagePrefix;

  /**
   * @param contact its global id, of which those of its messages are made
   */
  Explanation(Story story, double now, String contact) {
    this.story = story;
    this.now = now;
    this.messagePrefix = "cwmsg" + contact.substring(3, contact.lastIndexOf(':') + 1);
  }

  /**
   * A factor as the API shows it.
   *
   * @param weight as it is set
   * @param share 0 to 1, what is left of all weight for it: factors that are missing, or that fade,
   *     give theirs to the others
   * @param value the raw value, in its unit
   * @param risk 0 to 1
   * @param points by which it lowers the score
   * @param evidence global ids of messages, or ids of signals; the latest five, of messages that
   *     wait first the one that the explanation is about
   */
  record Told(
      String name,
      int weight,
      double share,
      double value,
      String unit,
      double risk,
      double points,
      String explanation,
      List<String> evidence) {}

  List<Told> tell(List<Reading> readings, HealthWeights weights) {
    double all =
        readings.stream().mapToDouble(one -> one.factor().weight(weights) * one.presence()).sum();
    List<Told> told = new ArrayList<>();
    for (Reading reading : readings) {
      Factor factor = reading.factor();
      double share = factor.weight(weights) * reading.presence() / all;
      told.add(
          new Told(
              factor.wireName(),
              factor.weight(weights),
              rounded(share, 3),
              rounded(reading.raw(), 2),
              factor.unit(),
              rounded(reading.risk(), 3),
              rounded(100 * share * reading.risk(), 1),
              sentence(reading),
              evidence(factor)));
    }
    return told;
  }

  private String sentence(Reading reading) {
    return switch (reading.factor()) {
      case UNANSWERED ->
          story.waits().isEmpty()
              ? "Nobody waits for an answer."
              : "A message has waited %s for an answer.".formatted(span(reading.raw() * HOUR));
      case RESPONSE_LATENCY ->
          "An answer takes %s, in the middle of the last %d."
              .formatted(
                  span(reading.raw() * HOUR),
                  Formula.recent(story.replies(), Facts.Reply::at, now).size());
      case NEGATIVE_SIGNALS -> signals();
      case REOPEN_RATE -> {
        var ends = Formula.recent(story.ends(), Formula::toldAt, now);
        yield "The contact came back after %d of %d resolutions."
            .formatted(ends.stream().filter(end -> end.back() != null).count(), ends.size());
      }
      case SILENCE ->
          "The contact usually writes every %s, and has been silent for %s."
              .formatted(span(Formula.usualPause(story, now)), span(now - story.lastCustomerAt()));
      case CSAT ->
          "Ratings are %s of 5 on average, the latest ones counting most; there are %d."
              .formatted(
                  rounded(reading.raw(), 1),
                  Formula.recent(story.ratings(), Facts.Rating::at, now).size());
    };
  }

  private String signals() {
    return story.troubles().stream()
        .max(Comparator.comparingLong(Trouble::lastSeenAt))
        .map(
            latest ->
                "There are %d signals of trouble, the latest (%s, severity %d) from %s ago."
                    .formatted(
                        story.troubles().size(),
                        latest.type(),
                        latest.severity(),
                        span(now - latest.lastSeenAt())))
        .orElse("No signals of trouble are known.");
  }

  private List<String> evidence(Factor factor) {
    return switch (factor) {
      case UNANSWERED ->
          messages(
              story.waits(),
              Comparator.comparing(
                      (Facts.Wait wait) ->
                          Formula.worstWait(story, now).filter(wait::equals).isPresent())
                  .thenComparing(Facts.Wait::since),
              Facts.Wait::message);
      case RESPONSE_LATENCY ->
          messages(
              Formula.recent(story.replies(), Facts.Reply::at, now),
              Comparator.comparing(Facts.Reply::at),
              Facts.Reply::answer);
      case NEGATIVE_SIGNALS ->
          story.troubles().stream()
              .sorted(Comparator.comparingLong(Trouble::lastSeenAt).reversed())
              .limit(MOST_EVIDENCE)
              .map(Trouble::signalId)
              .toList();
      case REOPEN_RATE ->
          messages(
              Formula.recent(story.ends(), Formula::toldAt, now),
              Comparator.comparing(Formula::toldAt),
              Facts.End::back);
      case SILENCE ->
          messages(story.visits(), Comparator.comparing(Facts.Visit::at), Facts.Visit::message);
      case CSAT ->
          messages(
              Formula.recent(story.ratings(), Facts.Rating::at, now),
              Comparator.comparing(Facts.Rating::at),
              Facts.Rating::message);
    };
  }

  /** Those that come last in this order first; one that names no message is none. */
  private <T> List<String> messages(
      List<T> all, Comparator<T> order, Function<T, @Nullable Long> number) {
    return all.stream()
        .sorted(order.reversed())
        .flatMap(one -> Stream.ofNullable(number.apply(one)))
        .limit(MOST_EVIDENCE)
        .map(id -> messagePrefix + id)
        .toList();
  }

  private static String span(double seconds) {
    double past = Math.max(0, seconds);
    if (past < HOUR) {
      return String.format(Locale.ROOT, "%.0f minutes", past / 60);
    }
    return past < 2 * DAY
        ? String.format(Locale.ROOT, "%.1f hours", past / HOUR)
        : String.format(Locale.ROOT, "%.1f days", past / DAY);
  }

  private static double rounded(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.round(value * scale) / scale;
  }
}
