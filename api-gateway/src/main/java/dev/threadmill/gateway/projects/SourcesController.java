package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Project;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.projects.BoundSources.Saved;
import dev.threadmill.gateway.projects.ProjectsController.Listed;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where the conversations of a project come from. Tokens and secrets are never shown. */
@RestController
@RequestMapping("/projects/{id}/sources")
class SourcesController {
  private final ProjectAccess access;
  private final BoundSources sources;

  SourcesController(ProjectAccess access, BoundSources sources) {
    this.access = access;
    this.sources = sources;
  }

  @GetMapping
  Listed<SourceView> list(@PathVariable UUID id) {
    Project project = access.active(id);
    return new Listed<>(sources.list(project.id()));
  }

  @GetMapping("/{source}")
  SourceView one(@PathVariable UUID id, @PathVariable UUID source) {
    return sources.one(access.active(id).id(), source);
  }

  /** Saved only when Chatwoot lets the token read the account. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<Saved> bind(
      @PathVariable UUID id, @RequestBody SourceWish wish, HttpServletRequest request) {
    Project project = access.active(id);
    Saved saved = sources.bind(project.id(), wish, actor(request));
    return ResponseEntity.created(URI.create("/projects/" + id + "/sources/" + saved.source().id()))
        .body(saved);
  }

  /** A new token is saved only when Chatwoot lets it read the account. */
  @PatchMapping("/{source}")
  Saved change(
      @PathVariable UUID id,
      @PathVariable UUID source,
      @RequestBody SourceWish wish,
      HttpServletRequest request) {
    return sources.change(access.active(id).id(), source, wish, actor(request));
  }

  private static Actor actor(HttpServletRequest request) {
    return Actor.of(CallerProjectResolver.caller(), request);
  }
}
