package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Erasure;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.projects.ProjectsController.Listed;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Erases a contact with its conversations, a conversation, or a source with all that it brought.
 * The rows go in the background; contacts and conversations stay gone although Chatwoot may still
 * show them.
 */
@RestController
@RequestMapping("/projects/{id}")
class ErasuresController {
  private static final int MOST_LISTED = 100;

  private final ProjectAccess access;
  private final Sources sources;
  private final Erasures erasures;
  private final ErasureRequests requests;

  ErasuresController(
      ProjectAccess access, Sources sources, Erasures erasures, ErasureRequests requests) {
    this.access = access;
    this.sources = sources;
    this.erasures = erasures;
    this.requests = requests;
  }

  /**
   * What is to be erased: a contact or a conversation.
   *
   * @param contactId Chatwoot's number of the contact
   * @param conversationId Chatwoot's number of the conversation, as in its address
   * @param sourceId where it comes from; may be absent where the project has one source
   */
  record ErasureWish(
      @Nullable Long contactId, @Nullable Long conversationId, @Nullable UUID sourceId) {
    Kind kind() {
      Long number = contactId != null ? contactId : conversationId;
      if ((contactId == null) == (conversationId == null) || number == null || number < 1) {
        throw ApiProblem.invalid("Send 'contact_id' or 'conversation_id', a number from 1 on.");
      }
      return contactId != null ? Kind.CONTACT : Kind.CONVERSATION;
    }

    long number() {
      return Objects.requireNonNull(contactId != null ? contactId : conversationId);
    }
  }

  /**
   * How far an erasure is.
   *
   * @param kind contact, conversation or source
   * @param number Chatwoot's, of the contact, conversation or account
   * @param state running or done
   * @param deleted rows deleted so far, by table
   */
  record ErasureView(
      UUID id,
      String kind,
      UUID sourceId,
      long number,
      String state,
      String requestedBy,
      Instant requestedAt,
      @Nullable Instant finishedAt,
      Map<String, Long> deleted) {
    static ErasureView of(Erasure erasure) {
      return new ErasureView(
          erasure.id(),
          erasure.kind().wireName(),
          erasure.sourceId(),
          erasure.number(),
          erasure.finishedAt() == null ? "running" : "done",
          erasure.requestedBy(),
          erasure.requestedAt(),
          erasure.finishedAt(),
          erasure.deleted());
    }
  }

  /** The newest hundred. */
  @GetMapping("/erasures")
  Listed<ErasureView> list(@PathVariable UUID id) {
    return new Listed<>(
        erasures.ofProject(access.active(id).id(), MOST_LISTED).stream()
            .map(ErasureView::of)
            .toList());
  }

  @GetMapping("/erasures/{erasure}")
  ErasureView one(@PathVariable UUID id, @PathVariable UUID erasure) {
    return erasures
        .find(access.active(id).id(), erasure)
        .map(ErasureView::of)
        .orElseThrow(() -> ApiProblem.notFound("erasure"));
  }

  /** Whoever asks twice gets the same receipt. What is not stored is kept out all the same. */
  @PostMapping("/erasures")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<ErasureView> erase(
      @PathVariable UUID id, @RequestBody ErasureWish wish, HttpServletRequest request) {
    Project project = access.active(id);
    Kind kind = wish.kind();
    Source source = source(project, wish.sourceId());
    return accepted(erase(source, kind, wish.number(), request));
  }

  /** Ends its sync at once and erases all that it brought; Chatwoot itself is left alone. */
  @DeleteMapping("/sources/{source}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<ErasureView> remove(
      @PathVariable UUID id, @PathVariable UUID source, HttpServletRequest request) {
    Project project = access.active(id);
    Source gone = source(project, source);
    return accepted(erase(gone, Kind.SOURCE, gone.accountId(), request));
  }

  private Source source(Project project, @Nullable UUID wanted) {
    List<Source> all = sources.ofProject(project.id());
    if (wanted != null) {
      return all.stream()
          .filter(source -> source.id().equals(wanted))
          .findFirst()
          .orElseThrow(() -> ApiProblem.notFound("source"));
    }
    if (all.isEmpty()) {
      throw ApiProblem.notFound("source");
    }
    if (all.size() > 1) {
      throw ApiProblem.invalid("The project has several sources; name one in 'source_id'.");
    }
    return all.getFirst();
  }

  private Erasure erase(Source source, Kind kind, long number, HttpServletRequest request) {
    return requests.erase(source, kind, number, Actor.of(CallerProjectResolver.caller(), request));
  }

  private static ResponseEntity<ErasureView> accepted(Erasure erasure) {
    return ResponseEntity.accepted()
        .location(URI.create("/projects/" + erasure.projectId() + "/erasures/" + erasure.id()))
        .body(ErasureView.of(erasure));
  }
}
