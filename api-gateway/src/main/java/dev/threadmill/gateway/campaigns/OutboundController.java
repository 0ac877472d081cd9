package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The messages of campaigns. */
@RestController
@RequestMapping("/outbound")
class OutboundController {
  private final OutboundReading reading;
  private final OutboundChanges changes;

  OutboundController(OutboundReading reading, OutboundChanges changes) {
    this.reading = reading;
    this.changes = changes;
  }

  /** A text in the place of the one that was drafted. */
  record Edit(@Schema(requiredMode = RequiredMode.REQUIRED) @Nullable String text) {}

  /** The newest first, in pages. */
  @GetMapping
  Page<OutboundView> list(
      CallerProject project, @ParameterObject @ModelAttribute OutboundQuery query) {
    return reading.list(project.id(), query);
  }

  @GetMapping("/{id}")
  OutboundView one(CallerProject project, @PathVariable UUID id) {
    return reading.one(project.id(), id);
  }

  /** One that waits for it, as it was seen. */
  @PostMapping("/{id}/approve")
  OutboundView approve(
      CallerProject project,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Approval approval,
      HttpServletRequest request) {
    return changes.approve(
        project.id(),
        id,
        Objects.requireNonNullElse(approval, Approval.ANY),
        Actor.of(project.caller(), request));
  }

  /** It is not sent; its contact gets the next step all the same. */
  @PostMapping("/{id}/cancel")
  OutboundView cancel(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    return changes.cancel(project.id(), id, Actor.of(project.caller(), request));
  }

  /** Another text; where each message needs approval, this one needs it again. */
  @PatchMapping("/{id}")
  OutboundView edit(
      CallerProject project,
      @PathVariable UUID id,
      @RequestBody Edit edit,
      HttpServletRequest request) {
    if (edit.text() == null) {
      throw ApiProblem.invalid("'text' is what is to be sent.");
    }
    return changes.edit(project.id(), id, edit.text(), Actor.of(project.caller(), request));
  }
}
