package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code conversations…} */
final class ConversationRoutes {
  private static final Answer NOT_FOUND = Answer.error(404, "Resource could not be found");
  private static final List<String> STATUSES = List.of("open", "resolved", "pending", "snoozed");

  private final ChatwootAccount account;
  private final ConversationJson json;
  private final ConversationList list;
  private final MessageRoutes messages;

  ConversationRoutes(
      ChatwootAccount account,
      ConversationJson json,
      ConversationList list,
      MessageRoutes messages) {
    this.account = account;
    this.json = json;
    this.list = list;
    this.messages = messages;
  }

  Answer answer(Request request, List<String> rest, Tokens.Access access) {
    boolean get = request.method().equals("GET");
    if (rest.isEmpty()) {
      return get ? Answer.json(account.read(() -> list(request, access))) : Answer.unknownRoute();
    }
    if (rest.equals(List.of("meta"))) {
      return Answer.json(account.read(() -> Map.of("meta", list.counts(request, access))));
    }
    long id = Request.number(rest.getFirst());
    Conversation row = account.conversations().find(id).orElse(null);
    if (row == null) {
      return NOT_FOUND;
    }
    // An agent may still read through a team what the list hides.
    if (!access.sees(row.inboxId()) && row.teamId() == null) {
      return Answer.error(401, "You are not authorized to do this action");
    }
    if (rest.size() == 1) {
      return one(request, id, access);
    }
    return switch (rest.get(1)) {
      case "messages" -> messages.answer(request, row, rest.subList(2, rest.size()), access);
      case "attachments" -> messages.attachments(request, row);
      case "toggle_status" -> toggleStatus(id, request.json());
      case "labels" -> labels(id, request);
      case "assignments" -> assign(id, request.json());
      default -> Answer.unknownRoute();
    };
  }

  private Map<String, Object> list(Request request, Tokens.Access access) {
    List<Object> payload = new ArrayList<>();
    list.page(request, access).forEach(row -> payload.add(json.of(row)));
    return Map.of("data", Map.of("meta", list.counts(request, access), "payload", payload));
  }

  private Answer one(Request request, long id, Tokens.Access access) {
    switch (request.method()) {
      case "GET" -> {}
      case "PATCH", "PUT" -> {
        JsonNode priority = request.json().path("priority");
        if (!priority.isMissingNode()) {
          account.conversations().setPriority(id, priority.isNull() ? null : priority.asString());
        }
      }
      case "DELETE" -> {
        if (access.kind() != Tokens.Kind.ADMINISTRATOR) {
          return Answer.error(401, "You are not authorized to do this action");
        }
        account.conversations().delete(id);
        return Answer.json(Map.of());
      }
      default -> {
        return Answer.unknownRoute();
      }
    }
    return account.read(
        () -> account.conversations().find(id).map(c -> Answer.json(json.of(c))).orElse(NOT_FOUND));
  }

  private Answer toggleStatus(long id, JsonNode body) {
    Conversation before = account.conversations().find(id).orElseThrow();
    String toggled = before.status().equals("open") ? "resolved" : "open";
    String wanted = body.path("status").asString(toggled);
    if (!STATUSES.contains(wanted)) {
      return Answer.error(422, "'" + wanted + "' is not a valid status");
    }
    account.conversations().setStatus(id, wanted);
    Map<String, @Nullable Object> payload = new LinkedHashMap<>();
    payload.put("success", true);
    payload.put("conversation_id", id);
    payload.put("current_status", wanted);
    payload.put("snoozed_until", null);
    return Answer.json(Map.of("meta", Map.of(), "payload", payload));
  }

  private Answer labels(long id, Request request) {
    if (request.method().equals("POST")) {
      List<String> labels = new ArrayList<>();
      request.json().path("labels").forEach(label -> labels.add(label.asString()));
      account.conversations().setLabels(id, labels);
    }
    return Answer.json(Map.of("payload", account.conversations().find(id).orElseThrow().labels()));
  }

  private Answer assign(long id, JsonNode body) {
    JsonNode assignee = body.path("assignee_id");
    if (!assignee.isIntegralNumber()) {
      account.conversations().assign(id, null);
      return Answer.json(Map.of());
    }
    Desk.Agent agent = account.desk().findAgent(assignee.asLong());
    if (agent == null) {
      return NOT_FOUND;
    }
    account.conversations().assign(id, agent.id());
    return Answer.json(json.agent(agent));
  }
}
