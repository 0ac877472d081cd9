package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.Change;
import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.http.Answer;
import dev.threadmill.localstack.chatwoot.http.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/…}: who may ask, and which part answers. */
public final class ChatwootApi {
  static final String ACCOUNT_NAME = "Lindgrove Parcels and Software";
  private static final Answer NOT_FOUND = Answer.error(404, "Resource could not be found");

  private final ChatwootAccount account;
  private final Tokens tokens;
  private final ConversationJson json;
  private final ConversationRoutes conversations;
  private final ContactRoutes contacts;
  private final WebhookJson webhooks;

  public ChatwootApi(ChatwootAccount account, Tokens tokens, ServerSettings settings) {
    this.account = account;
    this.tokens = tokens;
    ContactJson contactJson = new ContactJson(account);
    MessageJson messageJson = new MessageJson(account, contactJson);
    this.json = new ConversationJson(account, settings, contactJson, messageJson);
    MessageRoutes messages = new MessageRoutes(account, json, contactJson, messageJson);
    this.conversations =
        new ConversationRoutes(account, json, new ConversationList(account, settings), messages);
    this.contacts = new ContactRoutes(account, contactJson, json);
    this.webhooks = new WebhookJson(account, contactJson, messageJson, json);
  }

  /** Answers a request, or throws the refusal. */
  public Answer answer(Request request) {
    List<String> path = request.path();
    if (path.size() >= 2 && path.getFirst().equals("app")) {
      return new ConversationPage(account).answer(path);
    }
    if (path.size() < 3 || !path.get(0).equals("api") || !path.get(1).equals("v1")) {
      return Answer.unknownRoute();
    }
    if (path.equals(List.of("api", "v1", "profile"))) {
      return profile(tokens.of(request.token()), request);
    }
    if (path.size() < 5 || !path.get(2).equals("accounts")) {
      return Answer.unknownRoute();
    }
    return inAccount(request, tokens.of(request.token()));
  }

  private Answer inAccount(Request request, Tokens.Access access) {
    if (!request.path().get(3).equals(Long.toString(account.id()))) {
      return NOT_FOUND;
    }
    if (access.kind() == Tokens.Kind.OUTSIDER) {
      return Answer.error(401, "You are not authorized to access this account");
    }
    List<String> rest = request.path().subList(5, request.path().size());
    return switch (request.path().get(4)) {
      case "conversations" -> conversations.answer(request, rest, access);
      case "contacts" -> contacts.answer(request, rest);
      case "actions" -> contacts.action(request, rest);
      case "inboxes" -> only(rest, () -> Map.of("payload", inboxes(access)));
      case "agents" -> only(rest, this::agents);
      case "labels" -> only(rest, () -> Map.of("payload", labels()));
      default -> Answer.unknownRoute();
    };
  }

  private static Answer only(List<String> rest, Supplier<Object> body) {
    return rest.isEmpty() ? Answer.json(body.get()) : Answer.unknownRoute();
  }

  private Answer profile(Tokens.Access access, Request request) {
    Desk.Agent agent = account.desk().findAgent(access.userId());
    String name = agent == null ? "Somebody else" : agent.name();
    boolean inside = access.kind() != Tokens.Kind.OUTSIDER;
    Map<String, @Nullable Object> profile = new LinkedHashMap<>();
    profile.put("access_token", request.token());
    profile.put("account_id", inside ? account.id() : null);
    profile.put("available_name", name);
    profile.put("email", agent == null ? "somebody@example.com" : agent.email());
    profile.put("id", access.userId());
    profile.put("name", name);
    profile.put("role", inside ? access.role() : null);
    profile.put("type", "SuperAdmin");
    profile.put(
        "accounts",
        inside
            ? List.of(
                Map.of(
                    "id",
                    account.id(),
                    "name",
                    "Lindgrove Parcels and Software",
                    "status",
                    "active",
                    "role",
                    access.role()))
            : List.of());
    return Answer.json(profile);
  }

  private List<Object> inboxes(Tokens.Access access) {
    return account.desk().inboxes().stream()
        .filter(inbox -> access.sees(inbox.id()))
        .<Object>map(
            inbox ->
                Map.of(
                    "id", inbox.id(),
                    "name", inbox.name(),
                    "channel_id", inbox.id(),
                    "channel_type", inbox.channel(),
                    "avatar_url", "",
                    "enable_auto_assignment", true,
                    "csat_survey_enabled", true))
        .toList();
  }

  private Object agents() {
    return account.desk().agents().stream().map(json::agent).toList();
  }

  private List<Object> labels() {
    List<String> titles = account.desk().labels();
    return titles.stream()
        .<Object>map(
            title ->
                Map.of(
                    "id",
                    titles.indexOf(title) + 1,
                    "title",
                    title,
                    "description",
                    "",
                    "color",
                    "#1f93ff",
                    "show_on_sidebar",
                    true))
        .toList();
  }

  /** What a webhook says about a change; empty when its subject is gone. */
  public Optional<Map<String, @Nullable Object>> webhookBody(Change change) {
    return webhooks.of(change);
  }
}
