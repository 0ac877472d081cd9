package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.projects.BoundSources;
import dev.threadmill.gateway.projects.BoundSources.Saved;
import dev.threadmill.gateway.projects.ErasureRequests;
import dev.threadmill.gateway.projects.SourceWish;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The accounts that feed the project. What is secret goes in and is never shown. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/admin")
class SourcePagesController {
  private static final int MOST_REMOVALS = 100;

  private final BoundSources sources;
  private final ErasureRequests erasures;
  private final Projects projects;

  SourcePagesController(BoundSources sources, ErasureRequests erasures, Projects projects) {
    this.sources = sources;
    this.erasures = erasures;
    this.projects = projects;
  }

  @GetMapping
  String home(CallerProject project) {
    return "redirect:" + Addresses.project(project.id()) + "/admin/sources";
  }

  @GetMapping("/sources")
  String list(CallerProject project, Model model, HttpServletRequest request) {
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("sources", sources.list(project.id()));
    model.addAttribute("removals", erasures.ofSources(project.id(), MOST_REMOVALS));
    return Htmx.asks(request) ? "dashboard/admin-sources :: live" : "dashboard/admin-sources";
  }

  /** Saved only when the server lets the token read the account. */
  @PostMapping("/sources")
  String bind(
      CallerProject project,
      @RequestParam(defaultValue = "") String url,
      @RequestParam(defaultValue = "") String account,
      @RequestParam(defaultValue = "") String token,
      @RequestParam(defaultValue = "") String secret,
      Model model,
      HttpServletRequest request) {
    var wish = new SourceWish(url.strip(), number(account), token.strip(), orNull(secret), null);
    Saved saved = sources.bind(project.id(), wish, Actor.of(project.caller(), request));
    return said("The account is bound. The next sync reads it.", saved, project, model, request);
  }

  /** Another token takes the place of the source's own. */
  @PostMapping("/sources/{id}/token")
  String rotate(
      CallerProject project,
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String token,
      Model model,
      HttpServletRequest request) {
    if (token.isBlank()) {
      // An empty one would take the token away, which nobody does by mistake.
      throw ApiProblem.invalid("Type the new token.");
    }
    var wish = new SourceWish(null, null, token.strip(), null, null);
    Saved saved = sources.change(project.id(), id, wish, Actor.of(project.caller(), request));
    return said("The new token is saved.", saved, project, model, request);
  }

  @PostMapping("/sources/{id}/secret")
  String secret(
      CallerProject project,
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String secret,
      Model model,
      HttpServletRequest request) {
    var wish = new SourceWish(null, null, null, secret.strip(), null);
    Saved saved = sources.change(project.id(), id, wish, Actor.of(project.caller(), request));
    String done =
        secret.isBlank()
            ? "Webhooks are signed with no secret any more."
            : "The new secret of the webhooks is saved.";
    return said(done, saved, project, model, request);
  }

  @PostMapping("/sources/{id}/remove")
  String remove(
      CallerProject project,
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String confirm,
      Model model,
      HttpServletRequest request) {
    Confirmation.require(projects.find(project.id()).orElseThrow(), confirm);
    var unused = erasures.removeSource(project.id(), id, Actor.of(project.caller(), request));
    model.addAttribute("done", "The source is removed. What it brought is being erased.");
    return list(project, model, request);
  }

  private String said(
      String done, Saved saved, CallerProject project, Model model, HttpServletRequest request) {
    model.addAttribute("done", done);
    model.addAttribute("warning", saved.warning());
    return list(project, model, request);
  }

  private static @Nullable Long number(String text) {
    try {
      return Long.valueOf(text.strip());
    } catch (NumberFormatException none) {
      // The wish's own check says what it must be.
      return null;
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isBlank() ? null : text.strip();
  }
}
