package dev.threadmill.gateway.dashboard.customers;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.conversations.MessageView;
import dev.threadmill.gateway.conversations.Reading;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.health.ContactHealth;
import dev.threadmill.gateway.health.HealthChanges;
import dev.threadmill.gateway.health.HealthDetail;
import dev.threadmill.gateway.health.HealthQuery;
import dev.threadmill.gateway.health.OverrideWish;
import dev.threadmill.gateway.health.ProjectScores;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.signals.SignalReading;
import dev.threadmill.gateway.signals.SignalsQuery;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** How customers are, why, and what a person says to it. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/customers")
class CustomerPagesController {
  private static final int OF_A_PAGE = 25;
  private static final int DAYS = 90;
  private static final int SIGNALS = 10;
  private static final int MOST_DAYS = 365;
  private static final List<String> TIERS = List.of("critical", "at_risk", "watch", "healthy");

  private final ContactHealth health;
  private final ProjectScores projects;
  private final HealthChanges changes;
  private final SignalReading signals;
  private final Reading reading;
  private final Clock clock;

  CustomerPagesController(
      ContactHealth health,
      ProjectScores projects,
      HealthChanges changes,
      SignalReading signals,
      Reading reading,
      Clock clock) {
    this.health = health;
    this.projects = projects;
    this.changes = changes;
    this.signals = signals;
    this.reading = reading;
    this.clock = clock;
  }

  /** What passes, as the form has it. */
  record Filters(String tier, @Nullable Integer min, @Nullable Integer max, String order) {
    HealthQuery query(@Nullable String cursor) {
      return new HealthQuery(
          tier.isEmpty() ? null : tier,
          min,
          max,
          order.isEmpty() ? null : order,
          cursor,
          OF_A_PAGE);
    }

    boolean narrowed() {
      return !tier.isEmpty() || min != null || max != null;
    }
  }

  /** The page, or what follows the job while it is the first one. */
  @GetMapping
  String list(
      CallerProject project,
      @RequestParam(defaultValue = "") String tier,
      @RequestParam(required = false) @Nullable Integer min,
      @RequestParam(required = false) @Nullable Integer max,
      @RequestParam(defaultValue = "") String order,
      @RequestParam(required = false) @Nullable String cursor,
      Model model,
      HttpServletRequest request) {
    var filters = new Filters(tier, min, max, order);
    model.addAttribute("section", Section.CUSTOMERS);
    model.addAttribute("all", projects.of(project.id(), 0));
    model.addAttribute("page", health.list(project.id(), filters.query(cursor)));
    model.addAttribute("filters", filters);
    model.addAttribute("narrowed", filters.narrowed());
    model.addAttribute("first", cursor == null);
    model.addAttribute("tiers", TIERS);
    return Htmx.asks(request) ? "dashboard/customers :: live" : "dashboard/customers";
  }

  /**
   * @param contact its global id or Chatwoot's number
   */
  @GetMapping("/{contact}")
  String one(CallerProject project, @PathVariable String contact, Model model) {
    HealthDetail detail = health.of(project.id(), contact, DAYS);
    String id = detail.health().contact().globalId();
    model.addAttribute("section", Section.CUSTOMERS);
    model.addAttribute("detail", detail);
    model.addAttribute("one", detail.health());
    model.addAttribute("factors", detail.factors().stream().map(Factor::of).toList());
    model.addAttribute(
        "line",
        detail.history().isEmpty() ? null : Sparkline.of(detail.history(), LocalDate.now(clock)));
    model.addAttribute(
        "signals",
        signals.list(
            project.id(),
            new SignalsQuery(null, null, id, null, null, null, null, null, null, SIGNALS)));
    return "dashboard/customer";
  }

  /** Leads to where a message was said; factors name their messages by id. */
  @GetMapping("/messages/{id}")
  String message(CallerProject project, @PathVariable String id) {
    MessageView said = reading.said(project.id(), id);
    return "redirect:%s/conversations/%s?message=%d#m%3$d"
        .formatted(Addresses.project(project.id()), said.conversationGlobalId(), said.messageId());
  }

  @PostMapping("/{contact}/override")
  String override(
      CallerProject project,
      @PathVariable String contact,
      @RequestParam(required = false) @Nullable Integer score,
      @RequestParam(defaultValue = "") String reason,
      @RequestParam(required = false) @Nullable Integer days,
      HttpServletRequest request) {
    if (days == null || days < 1 || days > MOST_DAYS) {
      throw ApiProblem.invalid("Say for how many days it holds, 1 to " + MOST_DAYS + ".");
    }
    String end = clock.instant().plus(Duration.ofDays(days)).toString();
    changes.override(
        project.id(),
        contact,
        new OverrideWish(score, reason, end),
        Actor.of(project.caller(), request));
    return address(project, contact);
  }

  @PostMapping("/{contact}/release")
  String release(CallerProject project, @PathVariable String contact, HttpServletRequest request) {
    changes.release(project.id(), contact, Actor.of(project.caller(), request));
    return address(project, contact);
  }

  private static String address(CallerProject project, String contact) {
    return "redirect:" + Addresses.project(project.id()) + "/customers/" + contact;
  }
}
