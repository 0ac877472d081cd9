package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.Scope;
import dev.threadmill.gateway.tokens.NewToken;
import dev.threadmill.gateway.tokens.TokenChanges;
import dev.threadmill.gateway.tokens.TokenView;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The tokens of a project; outside of one, those of all that the caller may speak for. */
@Controller
class TokenPagesController {
  private static final String OF_PROJECT = Addresses.OF_PROJECT + "/admin/tokens";
  private static final String OF_ALL = "/ui/admin/tokens";
  private static final int MOST = 200;

  private final TokenChanges tokens;
  private final Projects projects;
  private final Clock clock;

  TokenPagesController(TokenChanges tokens, Projects projects, Clock clock) {
    this.tokens = tokens;
    this.projects = projects;
    this.clock = clock;
  }

  @GetMapping({OF_PROJECT, OF_ALL})
  String list(Caller caller, Model model, HttpServletRequest request) {
    var listed = tokens.list(caller, MOST);
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("tokens", listed);
    model.addAttribute("more", listed.size() == MOST);
    model.addAttribute("expired", expired(listed));
    model.addAttribute("own", caller.tokenId());
    model.addAttribute("scopes", Scope.values());
    model.addAttribute("ofAll", caller.projectId() == null);
    model.addAttribute("names", caller.projectId() == null ? names() : Map.of());
    model.addAttribute("address", address(caller));
    return Htmx.asks(request) ? "dashboard/admin-tokens :: live" : "dashboard/admin-tokens";
  }

  /** Shows the token in this answer and never again. */
  @PostMapping({OF_PROJECT, OF_ALL})
  String create(
      Caller caller,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "") String scope,
      @RequestParam(defaultValue = "") String days,
      Model model,
      HttpServletRequest request) {
    var wish = new NewToken(name, scope, caller.projectId(), expiry(days));
    model.addAttribute("created", tokens.create(wish, Actor.of(caller, request)));
    return list(caller, model, request);
  }

  @PostMapping({OF_PROJECT + "/{id}/revoke", OF_ALL + "/{id}/revoke"})
  String revoke(Caller caller, @PathVariable UUID id, Model model, HttpServletRequest request) {
    tokens.revoke(id, Actor.of(caller, request));
    model.addAttribute("done", "The token is revoked, and so is every session of it.");
    return list(caller, model, request);
  }

  private Set<UUID> expired(List<TokenView> listed) {
    Instant now = clock.instant();
    return listed.stream()
        .filter(token -> token.expiresAt() != null && !token.expiresAt().isAfter(now))
        .map(TokenView::id)
        .collect(Collectors.toSet());
  }

  private Map<UUID, String> names() {
    return projects.list().stream().collect(Collectors.toMap(Project::id, Project::name));
  }

  private static String address(Caller caller) {
    return caller.projectId() == null
        ? OF_ALL
        : Addresses.project(caller.projectId()) + "/admin/tokens";
  }

  private @Nullable String expiry(String days) {
    return switch (days) {
      case "30", "90", "365" ->
          clock.instant().plus(Duration.ofDays(Long.parseLong(days))).toString();
      case "never" -> null;
      default -> throw ApiProblem.invalid("Choose when the token expires.");
    };
  }
}
