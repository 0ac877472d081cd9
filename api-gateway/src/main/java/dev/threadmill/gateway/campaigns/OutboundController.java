package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
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
  private static final List<String> STATES =
      List.of(
          "waiting", "ready", "sending", "unknown", "sent", "would_send", "failed", "cancelled");

  private final OutboundRows rows;
  private final OutboundChanges changes;
  private final Contact contacts;
  private final Sources sources;

  OutboundController(
      OutboundRows rows, OutboundChanges changes, Contact contacts, Sources sources) {
    this.rows = rows;
    this.changes = changes;
    this.contacts = contacts;
    this.sources = sources;
  }

  /**
   * The parameters of a list of messages, as they are sent.
   *
   * @param campaign the id of one
   * @param state one of those a message can have
   * @param contact the number or the global id of one
   * @param cursor from the page before
   * @param limit 1 to 200, 50 by default
   */
  record Query(
      @Nullable UUID campaign,
      @Nullable String state,
      @Nullable String contact,
      @Nullable String cursor,
      @Nullable Integer limit) {}

  /** A text in the place of the one that was drafted. */
  record Edit(@Nullable String text) {}

  /** The newest first, in pages. */
  @GetMapping
  Page<OutboundView> list(CallerProject project, @ParameterObject @ModelAttribute Query query) {
    int limit = Parameters.limit(query.limit());
    var after =
        Cursor.read(
            query.cursor(),
            keys -> new OutboundRows.Place(Cursor.time(keys[0]), UUID.fromString(keys[1])));
    String contact =
        query.contact() == null ? null : contacts.globalId(project.id(), query.contact());
    var filter =
        new OutboundRows.Filter(
            query.campaign(), Parameters.word("state", query.state(), STATES), contact, after);
    return Page.of(
        rows.list(project.id(), filter, limit, links(project)),
        limit,
        last -> Cursor.of(last.createdAt(), last.id()));
  }

  @GetMapping("/{id}")
  OutboundView one(CallerProject project, @PathVariable UUID id) {
    return rows.find(project.id(), id, links(project))
        .orElseThrow(() -> ApiProblem.notFound("message"));
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

  private ChatwootLinks links(CallerProject project) {
    return new ChatwootLinks(sources.ofProject(project.id()));
  }
}
