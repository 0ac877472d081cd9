package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.QuietHours;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.gateway.dashboard.Shown;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a campaign does, in words. */
final class Plan {
  private static final Shown SHOW = new Shown();

  private Plan() {}

  /** A line of it. */
  record Line(String name, String text) {}

  /** Whom it is for; empty: every contact. */
  static List<Line> of(Segment segment) {
    List<Line> lines = new ArrayList<>();
    add(lines, "A conversation has a label of", segment.labels());
    add(lines, "A conversation is in an inbox of", segment.inboxes());
    add(lines, "An accepted signal of", words(segment.signals()));
    add(lines, "Health", words(segment.healthTiers()));
    if (segment.activeWithinDays() != null) {
      lines.add(new Line("Last activity", "within " + days(segment.activeWithinDays())));
    }
    if (segment.silentForDays() != null) {
      lines.add(new Line("Silent for more than", days(segment.silentForDays())));
    }
    if (segment.customAttributes() != null) {
      segment
          .customAttributes()
          .forEach((name, value) -> lines.add(new Line(name, String.valueOf(value))));
    }
    return lines;
  }

  static List<Line> of(CampaignRules rules) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("Each message waits for a person", rules.approveEach() ? "yes" : "no"));
    lines.add(new Line("Who writes gets nothing more", rules.stopOnReply() ? "yes" : "no"));
    lines.add(
        new Line(
            "Who comes in",
            rules.enrolsOn() ? "also who matches later" : "who matches when it begins"));
    lines.add(
        new Line(
            "At most",
            "%s in %s"
                .formatted(
                    SHOW.many(rules.contactsPerWindow(), "customer"),
                    SHOW.many(rules.windowHours(), "hour"))));
    lines.add(new Line("Of the project in 7 days", SHOW.many(rules.projectPerWeek(), "message")));
    lines.add(new Line("To one in 7 days", SHOW.many(rules.contactPerWeek(), "message")));
    QuietHours quiet = rules.quietHours();
    lines.add(
        new Line(
            "Quiet hours",
            quiet == null
                ? "none"
                : "%s to %s by the %s's clock"
                    .formatted(
                        quiet.from(), quiet.until(), quiet.byContact() ? "customer" : "project")));
    return lines;
  }

  private static void add(List<Line> lines, String name, @Nullable Collection<?> values) {
    if (values != null) {
      lines.add(
          new Line(name, values.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
  }

  private static @Nullable List<String> words(@Nullable List<String> names) {
    return names == null ? null : names.stream().map(one -> one.replace('_', ' ')).toList();
  }

  private static String days(int days) {
    return SHOW.many(days, "day");
  }
}
