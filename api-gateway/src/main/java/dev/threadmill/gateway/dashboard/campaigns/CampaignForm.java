package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.QuietHours;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.gateway.campaigns.CampaignWish;
import dev.threadmill.gateway.problem.ApiProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the form of a new campaign holds, as it was typed, so that it can be shown again. Read by
 * hand: a text with a comma must not become two.
 *
 * @param labels with commas between
 * @param inboxes Chatwoot's numbers, with commas between
 */
record CampaignForm(
    String name,
    String labels,
    String inboxes,
    List<String> signals,
    List<String> tiers,
    String active,
    String silent,
    List<StepText> steps,
    Rules rules) {
  /** A longer one is made by the API. */
  static final int STEPS = 4;

  record StepText(String day, String text) {}

  record Rules(
      boolean approveEach,
      boolean stopOnReply,
      String enrolment,
      String contactsPerWindow,
      String windowHours,
      String projectPerWeek,
      String contactPerWeek,
      String quietFrom,
      String quietUntil,
      String quietZone) {}

  /**
   * With the rules' defaults, but for one: who types a text here wants to see it as each gets it.
   */
  static CampaignForm blank() {
    CampaignRules usual = CampaignRules.defaults();
    return new CampaignForm(
        "",
        "",
        "",
        List.of(),
        List.of(),
        "",
        "",
        IntStream.range(0, STEPS).mapToObj(at -> new StepText("", "")).toList(),
        new Rules(
            true,
            usual.stopOnReply(),
            usual.enrolment(),
            usual.contactsPerWindow().toString(),
            usual.windowHours().toString(),
            usual.projectPerWeek().toString(),
            usual.contactPerWeek().toString(),
            "",
            "",
            "project"));
  }

  static CampaignForm of(HttpServletRequest request) {
    List<String> days = all(request, "day");
    List<String> texts = all(request, "text");
    return new CampaignForm(
        one(request, "name"),
        one(request, "labels"),
        one(request, "inboxes"),
        all(request, "signal"),
        all(request, "tier"),
        one(request, "active"),
        one(request, "silent"),
        IntStream.range(0, STEPS)
            .mapToObj(at -> new StepText(at(days, at), at(texts, at)))
            .toList(),
        new Rules(
            request.getParameter("approve_each") != null,
            request.getParameter("stop_on_reply") != null,
            one(request, "enrolment"),
            one(request, "contacts_per_window"),
            one(request, "window_hours"),
            one(request, "project_per_week"),
            one(request, "contact_per_week"),
            one(request, "quiet_from"),
            one(request, "quiet_until"),
            one(request, "quiet_zone")));
  }

  CampaignWish wish() {
    return new CampaignWish(name, segment(), planned(), checkedRules());
  }

  Segment segment() {
    return new Segment(
        orNull(words(labels)),
        orNull(words(inboxes).stream().map(text -> (long) number("Inboxes", text)).toList()),
        orNull(signals),
        orNull(tiers),
        numberOrNull("Active within", active),
        numberOrNull("Silent for", silent),
        null);
  }

  /** Those that have a text. */
  List<Step> planned() {
    List<Step> planned = new ArrayList<>();
    for (StepText step : steps) {
      if (!step.text().isBlank()) {
        int day = step.day().isBlank() ? 0 : number("The day of a message", step.day());
        // Browsers send line ends as they were in the days of the telegraph.
        planned.add(new Step(day, "chatwoot", step.text().replace("\r\n", "\n").strip()));
      }
    }
    return planned;
  }

  @SuppressWarnings("NullAway") // The constructor takes null for absent.
  private CampaignRules checkedRules() {
    boolean quiet = !rules.quietFrom().isBlank() || !rules.quietUntil().isBlank();
    return new CampaignRules(
        rules.approveEach(),
        rules.stopOnReply(),
        rules.enrolment().isBlank() ? null : rules.enrolment(),
        numberOrNull("Customers at the most", rules.contactsPerWindow()),
        numberOrNull("Hours", rules.windowHours()),
        numberOrNull("Messages of the project", rules.projectPerWeek()),
        numberOrNull("Messages to one", rules.contactPerWeek()),
        quiet
            ? new QuietHours(
                rules.quietFrom(),
                rules.quietUntil(),
                rules.quietZone().isBlank() ? null : rules.quietZone())
            : null);
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static @Nullable Integer numberOrNull(String name, String text) {
    return text.isBlank() ? null : (Integer) number(name, text);
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException none) {
      throw ApiProblem.invalid("“%s” takes a whole number.".formatted(name));
    }
  }

  private static <T> @Nullable List<T> orNull(List<T> values) {
    return values.isEmpty() ? null : values;
  }

  private static String one(HttpServletRequest request, String name) {
    return Objects.requireNonNullElse(request.getParameter(name), "").strip();
  }

  private static List<String> all(HttpServletRequest request, String name) {
    String[] values = request.getParameterValues(name);
    return values == null ? List.of() : List.of(values);
  }

  private static String at(List<String> values, int place) {
    return place < values.size() ? values.get(place) : "";
  }
}
