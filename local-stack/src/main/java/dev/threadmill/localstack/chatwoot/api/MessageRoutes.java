package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.account.Sender;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Json;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code conversations/{id}/messages…} */
final class MessageRoutes {
  private static final int MAX_CONTENT = 150_000;
  private static final Answer NOT_FOUND = Answer.error(404, "Resource could not be found");

  private final ChatwootAccount account;
  private final ConversationJson conversations;
  private final ContactJson contacts;
  private final MessageJson messages;

  MessageRoutes(
      ChatwootAccount account,
      ConversationJson conversations,
      ContactJson contacts,
      MessageJson messages) {
    this.account = account;
    this.conversations = conversations;
    this.contacts = contacts;
    this.messages = messages;
  }

  Answer answer(Request request, Conversation row, List<String> rest, Tokens.Access access) {
    String call = request.method() + (rest.isEmpty() ? "" : " one");
    return switch (call) {
      case "GET" -> Answer.json(account.read(() -> list(request, row)));
      case "POST" -> create(request.json(), row, access);
      case "DELETE one" -> delete(Request.number(rest.getFirst()), row);
      default -> Answer.unknownRoute();
    };
  }

  private Map<String, Object> list(Request request, Conversation row) {
    List<Object> payload = new ArrayList<>();
    for (Message message : MessageWindow.select(account.messages().of(row.id()), request)) {
      payload.add(messages.listed(message, row));
    }
    return Map.of("meta", meta(row), "payload", payload);
  }

  private Map<String, @Nullable Object> meta(Conversation row) {
    Map<String, @Nullable Object> meta = new LinkedHashMap<>();
    meta.put("labels", row.labels());
    meta.put("additional_attributes", row.additionalAttributes());
    Contact contact = account.contacts().find(row.contactId()).orElse(null);
    meta.put("contact", contact == null ? null : contacts.sender(contact));
    Desk.Agent assignee = account.desk().findAgent(row.assigneeId());
    if (assignee != null) {
      meta.put("assignee", conversations.agent(assignee));
    }
    meta.put("agent_last_seen_at", Times.iso(row.agentLastSeenAt()));
    meta.put("assignee_last_seen_at", Times.iso(row.agentLastSeenAt()));
    return meta;
  }

  private Answer create(JsonNode body, Conversation row, Tokens.Access access) {
    String content = body.path("content").asString("");
    if (content.length() > MAX_CONTENT) {
      return Answer.json(
          422,
          Map.of(
              "message",
              "Content is too long (maximum is 150000 characters)",
              "attributes",
              List.of("content")));
    }
    boolean incoming = body.path("message_type").asString("outgoing").equals("incoming");
    if (incoming && !isApiInbox(row)) {
      return Answer.error(422, "Incoming messages are only allowed in Api inboxes");
    }
    NewMessage message =
        incoming
            ? NewMessage.incoming(row.id(), content)
            : outgoing(body, row, content).sender(Sender.user(access.userId()));
    JsonNode attributes = body.path("content_attributes");
    if (attributes.isObject()) {
      message =
          message.content(
              body.path("content_type").asString("text"),
              Map.copyOf(asMap(Json.plain(attributes))));
    }
    JsonNode source = body.path("source_id");
    long id =
        account.messages().add(source.isString() ? message.sourceId(source.asString()) : message);
    return created(id, body.path("echo_id").asString(""));
  }

  private static NewMessage outgoing(JsonNode body, Conversation row, String content) {
    return body.path("private").asBoolean(false)
        ? NewMessage.note(row.id(), content)
        : NewMessage.of(row.id(), MessageType.OUTGOING, content);
  }

  private Answer created(long id, String echoId) {
    return account.read(
        () -> {
          Message message = account.messages().find(id).orElseThrow();
          Map<String, @Nullable Object> json =
              messages.listed(
                  message, account.conversations().find(message.conversationId()).orElseThrow());
          if (!echoId.isEmpty()) {
            json.put("echo_id", echoId);
          }
          return Answer.json(json);
        });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(Object json) {
    Map<String, Object> map = new LinkedHashMap<>((Map<String, Object>) json);
    map.values().removeIf(Objects::isNull);
    return map;
  }

  private boolean isApiInbox(Conversation row) {
    Desk.Inbox inbox = account.desk().findInbox(row.inboxId());
    return inbox != null && inbox.channel().equals("Channel::Api");
  }

  private Answer delete(long id, Conversation row) {
    Message message = account.messages().find(id).orElse(null);
    if (message == null || message.conversationId() != row.id()) {
      return NOT_FOUND;
    }
    account.messages().delete(id);
    return created(id, "");
  }

  /** 100 per page, the newest first. */
  Answer attachments(Request request, Conversation row) {
    List<Map<String, Object>> all =
        account.messages().of(row.id()).reversed().stream()
            .flatMap(m -> messages.attachments(m).stream())
            .toList();
    long page = Math.max(1, Request.number(request.param("page")));
    return Answer.json(
        Map.of(
            "meta",
            Map.of("total_count", all.size()),
            "payload",
            all.stream().skip((page - 1) * 100).limit(100).toList()));
  }
}
