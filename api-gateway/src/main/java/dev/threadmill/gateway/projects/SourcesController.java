package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.project.Sources.Details;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.projects.ProjectsController.Listed;
import dev.threadmill.gateway.projects.SourceCheck.Access;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where the conversations of a project come from. Tokens and secrets are never shown. */
@RestController
@RequestMapping("/projects/{id}/sources")
class SourcesController {
  private static final String AGENT =
      "The token is an agent's: only the inboxes of this agent are read. Use an administrator's for all of them.";
  private static final String UNKNOWN =
      "The server does not say what the token may read; if it is no administrator's, inboxes are missing.";

  private final ProjectAccess access;
  private final Sources sources;
  private final SourceCheck check;
  private final SourceChanges changes;

  SourcesController(
      ProjectAccess access, Sources sources, SourceCheck check, SourceChanges changes) {
    this.access = access;
    this.sources = sources;
    this.check = check;
    this.changes = changes;
  }

  /**
   * A source as it was saved.
   *
   * @param tokenAccess what its new token may read: administrator, agent or unknown; null: the
   *     token was not changed
   * @param warning what is not as it should be
   */
  record Saved(SourceView source, @Nullable String tokenAccess, @Nullable String warning) {}

  @GetMapping
  Listed<SourceView> list(@PathVariable UUID id) {
    Project project = access.active(id);
    return new Listed<>(sources.details(project.id()).stream().map(SourceView::of).toList());
  }

  @GetMapping("/{source}")
  SourceView one(@PathVariable UUID id, @PathVariable UUID source) {
    return SourceView.of(changes.find(access.active(id).id(), source));
  }

  /** Saved only when Chatwoot lets the token read the account. */
  @PostMapping
  ResponseEntity<Saved> bind(
      @PathVariable UUID id, @RequestBody SourceWish wish, HttpServletRequest request) {
    Project project = access.active(id);
    URI baseUrl = wish.checkedBaseUrl();
    long account = wish.checkedAccount();
    String token = wish.checkedToken();
    var unused = wish.checkedWebhookSecret();
    changes.requireKey();
    changes.requireUnboundHere(project.id(), baseUrl, account);
    // Whether another project has the account is only for who can read it.
    Access found = check.check(baseUrl, account, token);
    Details saved = changes.bind(project.id(), wish, actor(request));
    return ResponseEntity.created(URI.create("/projects/" + id + "/sources/" + saved.source().id()))
        .body(saved(saved, found));
  }

  /** A new token is saved only when Chatwoot lets it read the account. */
  @PatchMapping("/{source}")
  Saved change(
      @PathVariable UUID id,
      @PathVariable UUID source,
      @RequestBody SourceWish wish,
      HttpServletRequest request) {
    Project project = access.active(id);
    Details before = changes.find(project.id(), source);
    if (wish.baseUrl() != null || wish.accountId() != null) {
      throw ApiProblem.invalid(
          "'base_url' and 'account_id' of a source can't be changed; bind another source.");
    }
    String secret = wish.checkedWebhookSecret();
    if (wish.apiToken() == null && !wish.changesWebhooks()) {
      throw ApiProblem.invalid("There is nothing to change; send at least one field.");
    }
    boolean newToken = wish.apiToken() != null && !wish.takesTokenAway();
    if (newToken || (secret != null && !secret.isEmpty())) {
      changes.requireKey();
    }
    Access found =
        newToken
            ? check.check(
                before.source().baseUrl(), before.source().accountId(), wish.checkedToken())
            : null;
    return saved(changes.change(project.id(), source, wish, actor(request)), found);
  }

  private static Saved saved(Details details, @Nullable Access access) {
    return new Saved(
        SourceView.of(details),
        access == null ? null : access.name().toLowerCase(Locale.ROOT),
        access == Access.AGENT ? AGENT : access == Access.UNKNOWN ? UNKNOWN : null);
  }

  private static Actor actor(HttpServletRequest request) {
    return Actor.of(CallerProjectResolver.caller(), request);
  }
}
