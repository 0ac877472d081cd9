package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A campaign as it is asked for. What is absent in a change stays.
 *
 * @param name 1 to 100 characters
 * @param segment whom it is for; absent in a new one: every contact
 * @param steps 1 to 20 messages, in the order in which they are sent
 * @param rules how it behaves; what is absent has its default
 */
public record CampaignWish(
    @Nullable String name,
    @Nullable Segment segment,
    @Nullable List<Step> steps,
    @Nullable CampaignRules rules) {
  private static final int LONGEST = 100;

  String checkedName() {
    String wanted = name == null ? "" : name.strip();
    if (wanted.isEmpty() || wanted.length() > LONGEST) {
      throw ApiProblem.invalid("'name' must have 1 to " + LONGEST + " characters.");
    }
    if (wanted.codePoints().anyMatch(CampaignWish::isUnfit)) {
      throw ApiProblem.invalid("'name' must not hold control characters or halves of characters.");
    }
    return wanted;
  }

  private static boolean isUnfit(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  /** The plan of a new one. */
  CampaignPlan plan() {
    return checked(
        new CampaignPlan(
            Objects.requireNonNullElse(segment, Segment.ALL),
            Objects.requireNonNullElse(steps, List.of()),
            Objects.requireNonNullElseGet(rules, CampaignRules::defaults)));
  }

  /** The plan of one that there is, after the change. */
  CampaignPlan plan(CampaignPlan old) {
    return checked(
        new CampaignPlan(
            Objects.requireNonNullElse(segment, old.segment()),
            Objects.requireNonNullElse(steps, old.steps()),
            Objects.requireNonNullElse(rules, old.rules())));
  }

  private static CampaignPlan checked(CampaignPlan plan) {
    try {
      return plan.checked();
    } catch (IllegalArgumentException unusable) {
      throw Sentences.invalid(unusable);
    }
  }
}
