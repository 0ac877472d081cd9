package dev.threadmill.gateway.conversations;

import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.security.CallerProject;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Conversations and messages. */
@RestController
class ConversationsController {
  private final Reading reading;

  ConversationsController(Reading reading) {
    this.reading = reading;
  }

  /** Those with the latest activity first, in pages. */
  @GetMapping("/conversations")
  Page<ConversationView> list(
      CallerProject project, @ParameterObject @ModelAttribute ConversationsQuery query) {
    int limit = Parameters.limit(query.limit());
    var order = ConversationOrder.of(query.sort());
    return Page.of(
        reading.conversations(
            project.id(), query.filter(project.id()), order, order.read(query.cursor()), limit),
        limit,
        order::cursor);
  }

  /** By its global id or Chatwoot's number. */
  @GetMapping("/conversations/{id}")
  ConversationView one(CallerProject project, @PathVariable String id) {
    return reading.conversation(project.id(), id);
  }

  /** The messages of a conversation in the order in which Chatwoot stored them, in pages. */
  @GetMapping("/conversations/{id}/messages")
  Page<MessageView> messages(
      CallerProject project,
      @PathVariable String id,
      @ParameterObject @ModelAttribute MessagesQuery query) {
    int limit = Parameters.limit(query.limit());
    Long after = Cursor.read(query.cursor(), keys -> Long.valueOf(keys[0]));
    return Page.of(
        reading.messages(
            project.id(),
            reading.conversation(project.id(), id),
            query.filter("asc"),
            after,
            limit),
        limit,
        last -> Cursor.of(last.messageId()));
  }

  /** The messages of all conversations by the time they were written, in pages. */
  @GetMapping("/messages")
  Page<MessageView> messages(
      CallerProject project, @ParameterObject @ModelAttribute MessagesQuery query) {
    int limit = Parameters.limit(query.limit());
    var after =
        Cursor.read(query.cursor(), keys -> new Messages.Place(Cursor.time(keys[0]), keys[1]));
    return Page.of(
        reading.messages(project.id(), query.filter("desc"), after, limit),
        limit,
        last -> Cursor.of(last.createdAt(), last.globalId()));
  }
}
