package dev.threadmill.core.campaign;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a campaign behaves. What is absent has its default.
 *
 * @param approveEach whether each message needs a person's approval, too; false by default
 * @param stopOnReply whether a contact that writes something gets nothing more; true by default
 * @param enrolment {@code once}, the default: those who match when it begins; {@code continuous}:
 *     also those who match later, looked for once a day, until a person ends it
 * @param contactsPerWindow so many contacts are written to in any stretch of {@code window_hours},
 *     1 to 100,000; 200 by default
 * @param windowHours 1 to 744; 24 by default
 * @param projectPerWeek so many messages of all campaigns of the project go out in any 7 days, 1 to
 *     100,000; 2000 by default
 * @param contactPerWeek so many messages of all campaigns a contact gets in any 7 days, 1 to 100; 2
 *     by default
 * @param quietHours when nothing is sent; none by default
 */
public record CampaignRules(
    Boolean approveEach,
    Boolean stopOnReply,
    String enrolment,
    Integer contactsPerWindow,
    Integer windowHours,
    Integer projectPerWeek,
    Integer contactPerWeek,
    @Nullable QuietHours quietHours) {
  private static final String CONTINUOUS = "continuous";
  private static final int MOST = 100_000;
  private static final int HOURS_OF_A_MONTH = 744;

  public CampaignRules {
    // What is absent in JSON arrives here as null.
    approveEach = Objects.requireNonNullElse(approveEach, false);
    stopOnReply = Objects.requireNonNullElse(stopOnReply, true);
    enrolment = Objects.requireNonNullElse(enrolment, "once");
    contactsPerWindow = Objects.requireNonNullElse(contactsPerWindow, 200);
    windowHours = Objects.requireNonNullElse(windowHours, 24);
    projectPerWeek = Objects.requireNonNullElse(projectPerWeek, 2000);
    contactPerWeek = Objects.requireNonNullElse(contactPerWeek, 2);
  }

  /** Those of a campaign that sets none. */
  @SuppressWarnings("NullAway") // The constructor takes null for absent.
  public static CampaignRules defaults() {
    return new CampaignRules(null, null, null, null, null, null, null, null);
  }

  /** Whether contacts that match later are enrolled, too. */
  public boolean enrolsOn() {
    return enrolment.equals(CONTINUOUS);
  }

  /**
   * @throws IllegalArgumentException naming the first rule that can't be
   */
  void check() {
    if (!Set.of("once", CONTINUOUS).contains(enrolment)) {
      throw new IllegalArgumentException("'rules.enrolment' is once or continuous");
    }
    range("contacts_per_window", contactsPerWindow, MOST);
    range("window_hours", windowHours, HOURS_OF_A_MONTH);
    range("project_per_week", projectPerWeek, MOST);
    range("contact_per_week", contactPerWeek, 100);
    if (quietHours != null) {
      quietHours.check();
    }
  }

  private static void range(String field, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("'rules.%s' is 1 to %d".formatted(field, most));
    }
  }
}
