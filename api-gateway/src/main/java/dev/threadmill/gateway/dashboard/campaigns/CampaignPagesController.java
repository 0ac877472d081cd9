package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.CampaignState.Action;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.Approval;
import dev.threadmill.gateway.campaigns.CampaignChanges;
import dev.threadmill.gateway.campaigns.CampaignReading;
import dev.threadmill.gateway.campaigns.MemberRows.MemberView;
import dev.threadmill.gateway.campaigns.OutboundQuery;
import dev.threadmill.gateway.campaigns.OutboundReading;
import dev.threadmill.gateway.contacts.ContactNames;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The campaigns, and one of them. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/campaigns")
class CampaignPagesController {
  private static final int OF_A_PAGE = 25;

  /** What people do to one that was approved; approving names what was seen. */
  private static final Map<String, Action> MOVES =
      Map.of("pause", Action.PAUSE, "resume", Action.RESUME, "complete", Action.COMPLETE);

  private final CampaignReading reading;
  private final OutboundReading messages;
  private final CampaignChanges changes;
  private final ContactNames names;
  private final SendingSwitch sending;

  CampaignPagesController(
      CampaignReading reading,
      OutboundReading messages,
      CampaignChanges changes,
      ContactNames names,
      SendingSwitch sending) {
    this.reading = reading;
    this.messages = messages;
    this.changes = changes;
    this.names = names;
    this.sending = sending;
  }

  @GetMapping
  String list(
      CallerProject project,
      @RequestParam(defaultValue = "") String state,
      @RequestParam(required = false) @Nullable String cursor,
      Model model,
      HttpServletRequest request) {
    model.addAttribute("section", Section.CAMPAIGNS);
    model.addAttribute("sending", sending.of(project.id()));
    model.addAttribute("state", state);
    model.addAttribute("states", CampaignReading.STATES);
    model.addAttribute("first", cursor == null);
    model.addAttribute("waiting", waits(project.id()));
    model.addAttribute(
        "page", reading.list(project.id(), state.isEmpty() ? null : state, cursor, OF_A_PAGE));
    return Htmx.asks(request) ? "dashboard/campaigns :: live" : "dashboard/campaigns";
  }

  /** Whether a message waits for a person; how many there are would have to be counted. */
  private boolean waits(UUID project) {
    return !messages
        .list(project, new OutboundQuery(null, "waiting", null, null, 1))
        .items()
        .isEmpty();
  }

  @GetMapping("/{id}")
  String one(
      CallerProject project,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String cursor,
      Model model,
      HttpServletRequest request) {
    var details = reading.one(project.id(), id);
    Page<MemberView> members = reading.members(project.id(), id, null, cursor, OF_A_PAGE);
    CampaignState state = details.campaign().state();
    model.addAttribute("section", Section.CAMPAIGNS);
    model.addAttribute("sending", sending.of(project.id()));
    model.addAttribute("one", details.campaign());
    model.addAttribute("state", state.wireName());
    model.addAttribute("memberCounts", details.members());
    model.addAttribute("messageCounts", details.outbound());
    model.addAttribute("segment", Plan.of(details.campaign().segment()));
    model.addAttribute("rules", Plan.of(details.campaign().rules()));
    model.addAttribute("mayPause", Action.PAUSE.isAllowedIn(state));
    model.addAttribute("mayComplete", Action.COMPLETE.isAllowedIn(state));
    model.addAttribute("members", members);
    model.addAttribute("first", cursor == null);
    model.addAttribute(
        "names",
        names.of(project.id(), members.items().stream().map(MemberView::contactGlobalId).toList()));
    return Htmx.asks(request) ? "dashboard/campaign :: live" : "dashboard/campaign";
  }

  /** Counted when somebody asks, for it looks at all contacts. */
  @GetMapping("/{id}/preview")
  String preview(
      CallerProject project, @PathVariable UUID id, Model model, HttpServletRequest request) {
    if (!Htmx.asks(request)) {
      return address(project, id);
    }
    model.addAttribute("preview", reading.preview(project.id(), id));
    return "dashboard/campaign-preview :: preview";
  }

  /**
   * @param seen the campaign's {@code updated_at} on the page: what changed since is not approved
   */
  @PostMapping("/{id}/approve")
  String approve(
      CallerProject project,
      @PathVariable UUID id,
      @RequestParam Instant seen,
      HttpServletRequest request) {
    return move(project, id, Action.APPROVE, new Approval(seen), request);
  }

  @PostMapping("/{id}/{move:pause|resume|complete}")
  String move(
      CallerProject project,
      @PathVariable UUID id,
      @PathVariable String move,
      HttpServletRequest request) {
    Action action = MOVES.get(move);
    if (action == null) {
      throw ApiProblem.notFound("action");
    }
    return move(project, id, action, Approval.ANY, request);
  }

  private String move(
      CallerProject project, UUID id, Action action, Approval seen, HttpServletRequest request) {
    var unused = changes.move(project.id(), id, action, seen, Actor.of(project.caller(), request));
    return address(project, id);
  }

  private static String address(CallerProject project, UUID id) {
    return "redirect:" + Addresses.project(project.id()) + "/campaigns/" + id;
  }
}
