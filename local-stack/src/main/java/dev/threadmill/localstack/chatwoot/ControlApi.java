package dev.threadmill.localstack.chatwoot;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.account.Truth;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Fault;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code /simulator/…}: the account changed from outside, while a demo or an end-to-end test runs.
 */
final class ControlApi {
  private final ChatwootSimulator simulator;

  ControlApi(ChatwootSimulator simulator) {
    this.simulator = simulator;
  }

  Answer answer(Request request) {
    List<String> path = request.path();
    String what = path.size() > 1 ? path.get(1) : "";
    long id = path.size() > 2 ? Request.number(path.get(2)) : 0;
    String call = request.method() + " " + what + (path.size() > 2 ? "/:id" : "");
    if (path.size() > 3) {
      call += "/" + path.get(3);
    }
    JsonNode body = request.json();
    return switch (call) {
      case "GET health" -> Answer.json(Map.of("status", "ready"));
      case "GET stats" -> Answer.json(stats());
      case "DELETE stats" -> done(() -> simulator.requests().reset());
      case "POST faults" -> done(() -> simulator.faults().add(fault(body)));
      case "DELETE faults" -> done(() -> simulator.faults().clear());
      case "POST webhooks" ->
          done(
              () ->
                  simulator
                      .webhooks()
                      .sendTo(URI.create(body.path("url").asString()), text(body, "secret")));
      case "DELETE webhooks" -> done(() -> simulator.webhooks().stop());
      case "POST settings" -> done(() -> settings(body));
      case "POST contacts" -> created(addContact(body));
      case "DELETE contacts/:id" -> done(() -> account().contacts().delete(id));
      case "POST contacts/:id/merge" ->
          done(() -> account().contacts().merge(id, body.path("mergee_id").asLong()));
      case "POST conversations" -> created(addConversation(body));
      case "PATCH conversations/:id" -> done(() -> changeConversation(id, body));
      case "DELETE conversations/:id" -> done(() -> account().conversations().delete(id));
      case "POST messages" -> addMessage(body);
      case "PATCH messages/:id" -> done(() -> changeMessage(id, body));
      case "DELETE messages/:id" -> done(() -> account().messages().delete(id));
      default -> Answer.unknownRoute();
    };
  }

  private ChatwootAccount account() {
    return simulator.account();
  }

  private static Answer done(Runnable change) {
    change.run();
    return Answer.json(Map.of("done", true));
  }

  private static Answer created(long id) {
    return Answer.json(201, Map.of("id", id));
  }

  private Map<String, Object> stats() {
    Truth truth = simulator.truth();
    return Map.of(
        "contacts", truth.contacts().size(),
        "conversations", truth.conversations().size(),
        "messages", truth.messages().size(),
        "requests", simulator.requests().count(),
        "requests_by_route", simulator.requests().byRoute(),
        "max_concurrency", simulator.requests().maxConcurrency(),
        "webhooks_delivered", simulator.webhooks().delivered(),
        "webhooks_failed", simulator.webhooks().failed());
  }

  private static Fault fault(JsonNode body) {
    String kind = body.path("kind").asString("status").toUpperCase(Locale.ROOT);
    boolean always = body.path("always").asBoolean(false);
    return new Fault(
        Fault.Kind.valueOf(kind),
        Pattern.compile(body.path("pattern").asString("")),
        body.path("skip").asInt(0),
        always ? Integer.MAX_VALUE : body.path("times").asInt(1),
        body.path("status").asInt(500),
        Duration.ofMillis(body.path("delay_ms").asLong(2000)),
        body.path("bytes").asLong(64L << 20));
  }

  private void settings(JsonNode body) {
    body.propertyNames()
        .forEach(
            name -> {
              JsonNode value = body.path(name);
              switch (name) {
                case "requests_per_minute" -> simulator.limitRequestsPerMinute(value.asInt());
                case "latency_ms" -> simulator.latency(Duration.ofMillis(value.asLong()));
                case "updated_within" ->
                    simulator.settings().supportUpdatedWithin(value.asBoolean());
                case "conversation_updated_at" ->
                    simulator.settings().showConversationUpdatedAt(value.asBoolean());
                default -> throw new IllegalArgumentException("No setting named " + name);
              }
            });
  }

  private long addContact(JsonNode body) {
    return account()
        .contacts()
        .add(
            ContactDetails.named(text(body, "name"))
                .email(text(body, "email"))
                .phoneNumber(text(body, "phone_number"))
                .identifier(text(body, "identifier")));
  }

  private long addConversation(JsonNode body) {
    long contact =
        body.has("contact_id")
            ? body.path("contact_id").asLong()
            : account().contacts().add(body.path("name").asString("Visitor"), text(body, "email"));
    NewConversation wanted = NewConversation.with(contact).inbox(body.path("inbox_id").asLong(1));
    Instant created = time(body);
    return account().conversations().add(created == null ? wanted : wanted.createdAt(created));
  }

  private Answer addMessage(JsonNode body) {
    long conversation =
        body.has("conversation_id") ? body.path("conversation_id").asLong() : addConversation(body);
    MessageType type =
        MessageType.valueOf(
            body.path("message_type").asString("incoming").toUpperCase(Locale.ROOT));
    NewMessage message =
        body.path("private").asBoolean(false)
            ? NewMessage.note(conversation, body.path("content").asString(""))
            : NewMessage.of(conversation, type, text(body, "content"));
    Instant created = time(body);
    long id = account().messages().add(created == null ? message : message.createdAt(created));
    return Answer.json(201, Map.of("id", id, "conversation_id", conversation));
  }

  private void changeMessage(long id, JsonNode body) {
    if (body.has("content")) {
      account().messages().edit(id, text(body, "content"));
    }
    if (body.has("private")) {
      account().messages().setPrivate(id, body.path("private").asBoolean());
    }
    if (body.has("status")) {
      account().messages().setStatus(id, body.path("status").asString());
    }
  }

  private void changeConversation(long id, JsonNode body) {
    if (body.has("status")) {
      account().conversations().setStatus(id, body.path("status").asString());
    }
    if (body.has("labels")) {
      List<String> labels = new ArrayList<>();
      body.path("labels").forEach(label -> labels.add(label.asString()));
      account().conversations().setLabels(id, labels);
    }
    if (body.has("assignee_id")) {
      JsonNode assignee = body.path("assignee_id");
      account().conversations().assign(id, assignee.isNull() ? null : assignee.asLong());
    }
  }

  private static @Nullable Instant time(JsonNode body) {
    JsonNode time = body.path("created_at");
    return time.isMissingNode()
        ? null
        : time.isNumber() ? Instant.ofEpochSecond(time.asLong()) : Instant.parse(time.asString());
  }

  private static @Nullable String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    return value.isString() ? value.asString() : null;
  }
}
