package dev.threadmill.core.campaign;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What may become of a campaign; the only place that says so. */
public enum CampaignState {
  /** Being written; it can be changed. */
  DRAFT,
  /** A person has approved it; the job begins it with its next run. */
  APPROVED,
  RUNNING,
  /** Nothing of it is sent until a person resumes it. */
  PAUSED,
  /** Over, by itself or because a person said so. */
  COMPLETED;

  /** What people and the job do to it. */
  public enum Action {
    APPROVE(APPROVED, DRAFT),
    /** The job alone does this. */
    BEGIN(RUNNING, APPROVED),
    PAUSE(PAUSED, APPROVED, RUNNING),
    RESUME(RUNNING, PAUSED),
    COMPLETE(COMPLETED, DRAFT, APPROVED, RUNNING, PAUSED);

    private final CampaignState to;
    private final Set<CampaignState> from;

    Action(CampaignState to, CampaignState... from) {
      this.to = to;
      this.from = Set.of(from);
    }

    public CampaignState to() {
      return to;
    }

    public boolean isAllowedIn(CampaignState state) {
      return from.contains(state);
    }

    /** The states that it is done in, in their order. */
    public List<String> fromNames() {
      return Arrays.stream(CampaignState.values())
          .filter(from::contains)
          .map(CampaignState::wireName)
          .toList();
    }

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it may be changed. */
  public boolean changeable() {
    return this == DRAFT;
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static CampaignState of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
