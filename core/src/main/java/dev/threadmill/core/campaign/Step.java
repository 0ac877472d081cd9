package dev.threadmill.core.campaign;

import java.util.List;
import java.util.Objects;

/**
 * One message of a campaign.
 *
 * @param dayOffset days after the enrolment, 0 to 365; not fewer than the step before has. The
 *     distance to that one is kept from when it was really sent
 * @param channel {@code chatwoot}, which is all there is: in the contact's conversation
 * @param template its text; see {@link Template}
 */
public record Step(Integer dayOffset, String channel, String template) {
  private static final int MOST = 20;
  private static final int MOST_DAYS = 365;
  private static final String CHATWOOT = "chatwoot";

  public Step {
    // What is absent in JSON arrives here as null.
    channel = Objects.requireNonNullElse(channel, CHATWOOT);
  }

  /**
   * Steps, when they can be taken; there may be none.
   *
   * @throws IllegalArgumentException naming the first step that can't be
   */
  public static List<Step> checked(List<Step> steps) {
    if (steps.size() > MOST) {
      throw new IllegalArgumentException("'steps' are 1 to " + MOST);
    }
    int before = 0;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      String name = "'steps[" + i + "]'";
      if (step == null || step.dayOffset == null || step.template == null) {
        throw new IllegalArgumentException(name + " has a 'day_offset' and a 'template'");
      }
      if (step.dayOffset < before || step.dayOffset > MOST_DAYS) {
        throw new IllegalArgumentException(
            "'day_offset' of %s is %d to %d".formatted(name, before, MOST_DAYS));
      }
      if (!step.channel.equals(CHATWOOT)) {
        throw new IllegalArgumentException("'channel' of " + name + " is chatwoot");
      }
      try {
        var unused = Template.parse(step.template);
      } catch (IllegalArgumentException unusable) {
        throw new IllegalArgumentException(
            "'template' of " + name + ": " + unusable.getMessage(), unusable);
      }
      before = step.dayOffset;
    }
    return steps;
  }
}
