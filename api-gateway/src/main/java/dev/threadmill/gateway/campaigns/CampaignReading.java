package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.gateway.campaigns.MemberRows.MemberView;
import dev.threadmill.gateway.campaigns.Preview.PreviewView;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** A project's campaigns and how far they are. */
@Service
public class CampaignReading {
  /** What a campaign's state can be, in the order of its life. */
  public static final List<String> STATES =
      Arrays.stream(CampaignState.values()).map(CampaignState::wireName).toList();

  private static final List<String> MEMBER_STATES = List.of("active", "finished", "stopped");

  private final CampaignRows rows;
  private final MemberRows members;
  private final Preview preview;

  CampaignReading(CampaignRows rows, MemberRows members, Preview preview) {
    this.rows = rows;
    this.members = members;
    this.preview = preview;
  }

  /**
   * A campaign with how far it is.
   *
   * @param members by state
   * @param outbound its messages, by state
   */
  public record Details(
      CampaignView campaign, Map<String, Long> members, Map<String, Long> outbound) {}

  /** The newest first, in pages. */
  public Page<CampaignView> list(
      UUID project, @Nullable String state, @Nullable String cursor, @Nullable Integer limit) {
    int most = Parameters.limit(limit);
    var after =
        Cursor.read(
            cursor, keys -> new CampaignRows.Place(Cursor.time(keys[0]), UUID.fromString(keys[1])));
    return Page.of(
        rows.list(project, Parameters.word("state", state, STATES), after, most),
        most,
        last -> Cursor.of(last.createdAt(), last.id()));
  }

  public Details one(UUID project, UUID id) {
    return new Details(
        find(project, id),
        rows.counts("campaign_members", id),
        rows.counts("outbound_messages", id));
  }

  /** Whom it would reach if it began now. */
  public PreviewView preview(UUID project, UUID id) {
    CampaignView campaign = find(project, id);
    return preview.of(project, campaign.segment(), campaign.steps());
  }

  /**
   * The same for what is no campaign yet.
   *
   * @throws ApiProblem when it could not be one
   */
  public PreviewView preview(UUID project, Segment segment, List<Step> steps) {
    try {
      return preview.of(project, segment, Step.checked(steps));
    } catch (IllegalArgumentException unusable) {
      throw Sentences.invalid(unusable);
    }
  }

  /** In the order in which they were enrolled, in pages. */
  public Page<MemberView> members(
      UUID project,
      UUID id,
      @Nullable String state,
      @Nullable String cursor,
      @Nullable Integer limit) {
    int most = Parameters.limit(limit);
    Long after = Cursor.read(cursor, keys -> Long.valueOf(keys[0]));
    return Page.of(
        members.list(
            project,
            find(project, id).id(),
            Parameters.word("state", state, MEMBER_STATES),
            after == null ? 0 : after,
            most),
        most,
        last -> Cursor.of(last.id()));
  }

  /** The names of these campaigns of a project. */
  public Map<UUID, String> names(UUID project, Collection<UUID> ids) {
    return ids.isEmpty() ? Map.of() : rows.names(project, ids);
  }

  private CampaignView find(UUID project, UUID id) {
    return rows.find(project, id).orElseThrow(() -> ApiProblem.notFound("campaign"));
  }
}
