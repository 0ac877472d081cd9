package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.CampaignChanges;
import dev.threadmill.gateway.campaigns.CampaignReading;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The form of a new campaign, which says whom it would reach, and makes a draft of it. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/campaigns/new")
class NewCampaignController {
  private static final List<String> TIERS = List.of("healthy", "watch", "at_risk", "critical");

  private final CampaignReading reading;
  private final CampaignChanges changes;

  NewCampaignController(CampaignReading reading, CampaignChanges changes) {
    this.reading = reading;
    this.changes = changes;
  }

  @GetMapping
  String form(Model model) {
    return page(CampaignForm.blank(), model);
  }

  /**
   * What can't be is said beside the form, which stays as it was.
   *
   * @param count there: only whom it would reach is wanted
   */
  @PostMapping
  String create(
      CallerProject project,
      @RequestParam(required = false) @Nullable String count,
      Model model,
      HttpServletRequest request,
      HttpServletResponse response) {
    CampaignForm form = CampaignForm.of(request);
    try {
      if (count == null) {
        var created =
            changes.create(project.id(), form.wish(), Actor.of(project.caller(), request));
        return "redirect:" + Addresses.project(project.id()) + "/campaigns/" + created.id();
      }
      model.addAttribute("preview", reading.preview(project.id(), form.segment(), form.planned()));
    } catch (ApiProblem problem) {
      response.setStatus(problem.status().value());
      model.addAttribute("problem", problem.detail());
    }
    return page(form, model);
  }

  private static String page(CampaignForm form, Model model) {
    model.addAttribute("section", Section.CAMPAIGNS);
    model.addAttribute("form", form);
    model.addAttribute("signals", SignalType.wireNames());
    model.addAttribute("tiers", TIERS);
    return "dashboard/campaign-new";
  }
}
