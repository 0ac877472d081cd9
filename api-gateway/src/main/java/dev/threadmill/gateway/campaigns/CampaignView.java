package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Step;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A campaign.
 *
 * @param enrolledAt when all contacts had been looked at the last time; null: not yet
 * @param stateChangedBy who gave it its state
 */
public record CampaignView(
    UUID id,
    String name,
    CampaignState state,
    Segment segment,
    List<Step> steps,
    CampaignRules rules,
    String createdBy,
    Instant createdAt,
    Instant updatedAt,
    @Nullable String approvedBy,
    @Nullable Instant approvedAt,
    @Nullable Instant startedAt,
    @Nullable Instant enrolledAt,
    @Nullable Instant completedAt,
    @Nullable String stateChangedBy) {
  CampaignPlan plan() {
    return new CampaignPlan(segment, steps, rules);
  }

  /** For the audit log. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("state", state);
    fields.put("segment", segment);
    fields.put("steps", steps);
    fields.put("rules", rules);
    return fields;
  }
}
