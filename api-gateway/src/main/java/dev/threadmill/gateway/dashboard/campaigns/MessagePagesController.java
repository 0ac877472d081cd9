package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.Approval;
import dev.threadmill.gateway.campaigns.CampaignReading;
import dev.threadmill.gateway.campaigns.OutboundChanges;
import dev.threadmill.gateway.campaigns.OutboundQuery;
import dev.threadmill.gateway.campaigns.OutboundReading;
import dev.threadmill.gateway.campaigns.OutboundView;
import dev.threadmill.gateway.contacts.ContactNames;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The messages of campaigns, those that wait for a person first. The list does not follow what
 * happens: a text must not become another one under somebody's finger.
 */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/campaigns/messages")
class MessagePagesController {
  private static final int OF_A_PAGE = 20;
  private static final String ALL = "all";

  private final OutboundReading reading;
  private final OutboundChanges changes;
  private final CampaignReading campaigns;
  private final ContactNames names;
  private final SendingSwitch sending;

  MessagePagesController(
      OutboundReading reading,
      OutboundChanges changes,
      CampaignReading campaigns,
      ContactNames names,
      SendingSwitch sending) {
    this.reading = reading;
    this.changes = changes;
    this.campaigns = campaigns;
    this.names = names;
    this.sending = sending;
  }

  @GetMapping
  String list(
      CallerProject project,
      @RequestParam(defaultValue = "waiting") String state,
      @RequestParam(required = false) @Nullable UUID campaign,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    String wanted = ALL.equals(state) ? null : state;
    Page<OutboundView> page =
        reading.list(project.id(), new OutboundQuery(campaign, wanted, null, cursor, OF_A_PAGE));
    model.addAttribute("sending", sending.of(project.id()));
    model.addAttribute("page", page);
    model.addAttribute("state", state);
    model.addAttribute("states", OutboundReading.STATES);
    model.addAttribute("campaign", campaign);
    model.addAttribute("first", cursor == null);
    around(project.id(), page.items(), model);
    return "dashboard/campaign-messages";
  }

  /**
   * @param seen the message's {@code updated_at} on the page: what changed since is not approved
   */
  @PostMapping("/{id}/approve")
  String approve(
      CallerProject project,
      @PathVariable UUID id,
      @RequestParam Instant seen,
      Model model,
      HttpServletRequest request) {
    return card(
        project,
        changes.approve(project.id(), id, new Approval(seen), Actor.of(project.caller(), request)),
        model,
        request);
  }

  @PostMapping("/{id}/cancel")
  String cancel(
      CallerProject project, @PathVariable UUID id, Model model, HttpServletRequest request) {
    return card(
        project,
        changes.cancel(project.id(), id, Actor.of(project.caller(), request)),
        model,
        request);
  }

  private String card(
      CallerProject project, OutboundView after, Model model, HttpServletRequest request) {
    if (!Htmx.asks(request)) {
      return "redirect:" + Addresses.project(project.id()) + "/campaigns/messages";
    }
    model.addAttribute("one", after);
    model.addAttribute("decided", true);
    around(project.id(), List.of(after), model);
    return "dashboard/campaign-messages :: card";
  }

  private void around(UUID project, List<OutboundView> messages, Model model) {
    model.addAttribute("section", Section.CAMPAIGNS);
    model.addAttribute(
        "names",
        names.of(
            project, messages.stream().map(OutboundView::contactGlobalId).distinct().toList()));
    model.addAttribute(
        "campaigns",
        campaigns.names(
            project, messages.stream().map(OutboundView::campaignId).distinct().toList()));
  }
}
