package dev.threadmill.gateway.webhook;

import dev.threadmill.core.event.ConversationHinted;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.BodyTooLarge;
import dev.threadmill.gateway.problem.ProblemCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;

/**
 * Chatwoot's webhooks. A webhook is a hint: it files which conversation to look at and is answered;
 * the API read that follows is the only way data enters.
 */
@RestController
class WebhookController {
  private static final List<String> OUTCOMES =
      List.of("filed", "ignored", "unknown_source", "too_large", "refused", "malformed");

  private final SourceWebhooks sources;
  private final SyncHints hints;
  private final EventSender events;
  private final MeterRegistry meters;
  private final Clock clock;
  private final WebhookSettings settings;

  WebhookController(
      SourceWebhooks sources,
      SyncHints hints,
      EventSender events,
      MeterRegistry meters,
      Clock clock,
      Settings settings) {
    this.sources = sources;
    this.hints = hints;
    this.events = events;
    this.meters = meters;
    // What did not happen yet is 0.
    OUTCOMES.forEach(outcome -> meters.counter("threadmill.webhooks", "outcome", outcome));
    this.clock = clock;
    this.settings = WebhookSettings.of(settings);
  }

  /** Whether a conversation will be looked at because of this webhook. */
  record Filed(boolean filed) {}

  @Operation(summary = "Takes a signed webhook of Chatwoot")
  @SecurityRequirements
  @PostMapping("/webhooks/chatwoot/{sourceId}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<Filed> receive(@PathVariable String sourceId, HttpServletRequest request)
      throws IOException {
    SourceWebhooks.Access source = source(sourceId);
    byte[] body = body(request);
    requireSignature(source, body, request);
    OptionalLong conversation = conversation(source, body);
    conversation.ifPresent(id -> file(source, id));
    count(conversation.isPresent() ? "filed" : "ignored");
    return ResponseEntity.accepted().body(new Filed(conversation.isPresent()));
  }

  private SourceWebhooks.Access source(String sourceId) {
    UUID id;
    try {
      id = UUID.fromString(sourceId);
    } catch (IllegalArgumentException malformed) {
      throw unknown();
    }
    return sources.find(id).orElseThrow(this::unknown);
  }

  private ApiProblem unknown() {
    count("unknown_source");
    return new ApiProblem(ProblemCode.NOT_FOUND, "There is nothing at this path.");
  }

  private byte[] body(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readNBytes(settings.maxBodyBytes() + 1);
    if (body.length > settings.maxBodyBytes()) {
      count("too_large");
      throw new BodyTooLarge("WEBHOOK_MAX_BODY_KB").problem();
    }
    return body;
  }

  private void requireSignature(
      SourceWebhooks.Access source, byte[] body, HttpServletRequest request) {
    var signature =
        new WebhookSignature(
            request.getHeader("X-Chatwoot-Timestamp"), request.getHeader("X-Chatwoot-Signature"));
    String secret = source.secret();
    boolean fine =
        signature.isAbsent()
            ? source.unsigned()
            : secret != null
                && signature.holds(secret, body, clock.instant(), settings.replayWindow());
    if (!fine) {
      count("refused");
      throw new ApiProblem(
          ProblemCode.INVALID_SIGNATURE,
          "The webhook's signature is missing, wrong or too old: give Chatwoot's webhook and this source the same secret, and see that the clocks agree.");
    }
  }

  private OptionalLong conversation(SourceWebhooks.Access source, byte[] body) {
    try {
      return WebhookBody.of(body).conversation(source.accountId());
    } catch (JacksonException malformed) {
      count("malformed");
      throw new ApiProblem(ProblemCode.INVALID_BODY, "The body is not valid JSON.");
    }
  }

  private void file(SourceWebhooks.Access source, long conversation) {
    hints.file(source.sourceId(), conversation);
    Instant now = clock.instant();
    var unused =
        events.send(
            new ConversationHinted(
                UUID.randomUUID(), now, source.projectId(), source.sourceId(), conversation));
  }

  private void count(String outcome) {
    meters.counter("threadmill.webhooks", "outcome", outcome).increment();
  }
}
