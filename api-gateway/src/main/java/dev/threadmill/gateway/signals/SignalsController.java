package dev.threadmill.gateway.signals;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What customers' messages, and their silence, point at. */
@RestController
class SignalsController {
  private final SignalReading reading;
  private final SignalDecisions decisions;

  SignalsController(SignalReading reading, SignalDecisions decisions) {
    this.reading = reading;
    this.decisions = decisions;
  }

  /**
   * What is decided on a signal.
   *
   * @param status {@code proposed}, {@code accepted}, {@code dismissed} or {@code done}
   */
  record Decision(
      @Schema(
              requiredMode = RequiredMode.REQUIRED,
              allowableValues = {"proposed", "accepted", "dismissed", "done"})
          @Nullable String status) {}

  /** Those seen last first, in pages. */
  @GetMapping("/signals")
  Page<SignalView> list(
      CallerProject project, @ParameterObject @ModelAttribute SignalsQuery query) {
    return reading.list(project.id(), query);
  }

  /** With the messages that it rests on. */
  @GetMapping("/signals/{id}")
  SignalDetail one(CallerProject project, @PathVariable String id) {
    return reading.one(project.id(), id(id));
  }

  /**
   * Gives it a status, which no run changes. What is dismissed or done does not come back for the
   * same messages.
   */
  @PatchMapping("/signals/{id}")
  SignalDetail decide(
      CallerProject project,
      @PathVariable String id,
      @RequestBody Decision decision,
      HttpServletRequest request) {
    String status = Parameters.word("status", decision.status(), SignalFilter.STATUSES);
    if (status == null) {
      throw ApiProblem.invalid("Send a 'status'.");
    }
    reading.one(project.id(), id(id));
    decisions.decide(project.id(), id(id), status, Actor.of(project.caller(), request));
    return reading.one(project.id(), id(id));
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException nothingsId) {
      throw ApiProblem.notFound("signal");
    }
  }
}
