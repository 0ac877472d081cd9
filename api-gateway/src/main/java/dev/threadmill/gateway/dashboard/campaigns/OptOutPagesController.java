package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.Contact;
import dev.threadmill.gateway.campaigns.OptOutChanges;
import dev.threadmill.gateway.campaigns.OptOutReading;
import dev.threadmill.gateway.campaigns.OptOutRows.OptOutView;
import dev.threadmill.gateway.contacts.ContactNames;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** To whom no campaign writes. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/campaigns/opt-outs")
class OptOutPagesController {
  private static final int OF_A_PAGE = 25;

  private final OptOutReading reading;
  private final OptOutChanges changes;
  private final Contact contacts;
  private final ContactNames names;

  OptOutPagesController(
      OptOutReading reading, OptOutChanges changes, Contact contacts, ContactNames names) {
    this.reading = reading;
    this.changes = changes;
    this.contacts = contacts;
    this.names = names;
  }

  @GetMapping
  String list(
      CallerProject project,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer inFlight,
      Model model) {
    Page<OptOutView> page = reading.list(project.id(), cursor, OF_A_PAGE);
    model.addAttribute("section", Section.CAMPAIGNS);
    model.addAttribute("page", page);
    model.addAttribute("first", cursor == null);
    model.addAttribute("inFlight", inFlight);
    model.addAttribute(
        "names",
        names.of(project.id(), page.items().stream().map(OptOutView::contactGlobalId).toList()));
    return "dashboard/opt-outs";
  }

  @PostMapping
  String add(
      CallerProject project,
      @RequestParam(defaultValue = "") String contact,
      @RequestParam(defaultValue = "") String reason,
      HttpServletRequest request) {
    var added =
        changes.add(
            project.id(),
            contacts.globalId(project.id(), contact.strip()),
            reason.isBlank() ? null : reason.strip(),
            Actor.of(project.caller(), request));
    return address(project) + "?inFlight=" + added.inFlight();
  }

  @PostMapping("/{contact}/remove")
  String remove(CallerProject project, @PathVariable String contact, HttpServletRequest request) {
    changes.remove(
        project.id(),
        contacts.globalId(project.id(), contact),
        Actor.of(project.caller(), request));
    return address(project);
  }

  private static String address(CallerProject project) {
    return "redirect:" + Addresses.project(project.id()) + "/campaigns/opt-outs";
  }
}
