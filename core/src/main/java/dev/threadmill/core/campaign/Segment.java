package dev.threadmill.core.campaign;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which contacts a campaign is for: those that pass all filters that are there. Without any, all.
 *
 * @param labels a conversation of theirs has one of these
 * @param inboxes Chatwoot's numbers: they have a conversation in one of these; messages go there
 * @param signals types of signals; they have an accepted one of these
 * @param healthTiers their health is {@code healthy}, {@code watch}, {@code at_risk} or {@code
 *     critical}, as far as it is known
 * @param activeWithinDays their last activity is at most so many days ago, 1 to 3650
 * @param silentForDays their last activity is more than so many days ago, 1 to 3650
 * @param customAttributes they have all of these values: texts, numbers, true or false
 */
public record Segment(
    @Nullable List<String> labels,
    @Nullable List<Long> inboxes,
    @Nullable List<String> signals,
    @Nullable List<String> healthTiers,
    @Nullable Integer activeWithinDays,
    @Nullable Integer silentForDays,
    @Nullable Map<String, Object> customAttributes) {
  private static final Set<String> SIGNALS =
      Set.of(
          "delivery_risk",
          "commercial_pressure",
          "upsell_intent",
          "urgency",
          "churn_risk",
          "complaint",
          "praise",
          "refund_request",
          "bug_report",
          "communication_gap");
  private static final Set<String> TIERS = Set.of("healthy", "watch", "at_risk", "critical");
  private static final int MOST = 50;
  private static final int LONGEST = 255;
  private static final int MOST_DAYS = 3650;

  /** Every contact. */
  public static final Segment ALL = new Segment(null, null, null, null, null, null, null);

  /**
   * @throws IllegalArgumentException naming the first filter that can't be
   */
  void check() {
    texts("labels", labels);
    texts("signals", signals);
    texts("health_tiers", healthTiers);
    words("signals", signals, SIGNALS);
    words("health_tiers", healthTiers, TIERS);
    if (inboxes != null) {
      count("inboxes", inboxes);
      if (inboxes.stream().anyMatch(number -> number == null || number < 1)) {
        throw new IllegalArgumentException("'segment.inboxes' are numbers from 1 on");
      }
    }
    days("active_within_days", activeWithinDays);
    days("silent_for_days", silentForDays);
    if (customAttributes != null) {
      count("custom_attributes", customAttributes.keySet());
      customAttributes.forEach(Segment::attribute);
    }
  }

  private static void attribute(String name, @Nullable Object value) {
    boolean scalar = value instanceof Number || value instanceof Boolean;
    if (!PlainText.fits(name, LONGEST)
        || !(scalar || (value instanceof String text && PlainText.fits(text, LONGEST)))) {
      throw new IllegalArgumentException(
          "'segment.custom_attributes' have names and texts of at most "
              + LONGEST
              + " characters, numbers, true or false");
    }
  }

  private static void texts(String field, @Nullable List<String> values) {
    if (values == null) {
      return;
    }
    count(field, values);
    if (values.stream().anyMatch(value -> value == null || !PlainText.fits(value, LONGEST))) {
      throw new IllegalArgumentException(
          "'segment.%s' are texts of 1 to %d characters".formatted(field, LONGEST));
    }
  }

  private static void words(String field, @Nullable List<String> values, Set<String> known) {
    if (values != null && !known.containsAll(values)) {
      throw new IllegalArgumentException(
          "'segment.%s' are of %s"
              .formatted(field, String.join(", ", known.stream().sorted().toList())));
    }
  }

  private static void count(String field, Collection<?> values) {
    if (values.isEmpty() || values.size() > MOST) {
      throw new IllegalArgumentException(
          "'segment.%s' has 1 to %d values; leave it out for no such filter"
              .formatted(field, MOST));
    }
  }

  private static void days(String field, @Nullable Integer days) {
    if (days != null && (days < 1 || days > MOST_DAYS)) {
      throw new IllegalArgumentException("'segment.%s' is 1 to %d".formatted(field, MOST_DAYS));
    }
  }
}
