package dev.threadmill.core.campaign;

import java.util.List;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What a campaign does: to whom, what and when, and how. */
public record CampaignPlan(Segment segment, List<Step> steps, CampaignRules rules) {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * The plan, when it can be carried out.
   *
   * @throws IllegalArgumentException naming what can't be
   */
  public CampaignPlan checked() {
    segment.check();
    if (Step.checked(steps).isEmpty()) {
      throw new IllegalArgumentException("'steps' has at least one");
    }
    rules.check();
    return this;
  }

  /** A segment by itself. */
  public static Segment checked(Segment segment) {
    segment.check();
    return segment;
  }

  /** As the columns of {@code campaigns} have it. */
  public static CampaignPlan read(String segment, String steps, String rules) {
    return new CampaignPlan(
        JSON.readValue(segment, Segment.class),
        JSON.readValue(steps, new TypeReference<List<Step>>() {}),
        JSON.readValue(rules, CampaignRules.class));
  }

  public String segmentJson() {
    return JSON.writeValueAsString(segment);
  }

  public String stepsJson() {
    return JSON.writeValueAsString(steps);
  }

  public String rulesJson() {
    return JSON.writeValueAsString(rules);
  }
}
