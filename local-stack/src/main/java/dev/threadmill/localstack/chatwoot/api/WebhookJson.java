package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.Change;
import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.http.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The body of a webhook: types as text and times as ISO, unlike the API's. */
final class WebhookJson {
  private final ChatwootAccount account;
  private final ContactJson contacts;
  private final MessageJson messages;
  private final ConversationJson conversations;

  WebhookJson(
      ChatwootAccount account,
      ContactJson contacts,
      MessageJson messages,
      ConversationJson conversations) {
    this.account = account;
    this.contacts = contacts;
    this.messages = messages;
    this.conversations = conversations;
  }

  /** Empty when the subject is gone, or its contact is. */
  Optional<Map<String, @Nullable Object>> of(Change change) {
    try {
      return account.read(
          () ->
              switch (change.event()) {
                case "message_created", "message_updated" ->
                    account.messages().find(change.id()).map(m -> message(change, m));
                case "contact_created", "contact_updated" ->
                    account.contacts().find(change.id()).map(c -> contact(change, c));
                default ->
                    account.conversations().find(change.id()).map(c -> conversation(change, c));
              });
    } catch (Answer.Refusal orphan) {
      return Optional.empty();
    }
  }

  private Map<String, @Nullable Object> begin(Change change) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("event", change.event());
    json.put("account", Map.of("id", account.id(), "name", ChatwootApi.ACCOUNT_NAME));
    return json;
  }

  private Map<String, @Nullable Object> message(Change change, Message message) {
    Conversation row = account.conversations().find(message.conversationId()).orElseThrow();
    Map<String, @Nullable Object> json = begin(change);
    json.put("id", message.id());
    json.put("content", message.content());
    json.put("message_type", message.type().word());
    json.put("created_at", Times.iso(message.createdAt()));
    json.put("content_type", message.contentType());
    json.put("content_attributes", message.contentAttributes());
    json.put("private", message.isPrivate());
    json.put("source_id", message.sourceId());
    messages.putSender(json, message);
    Desk.Inbox inbox = account.desk().findInbox(row.inboxId());
    if (inbox != null) {
      json.put("inbox", Map.of("id", inbox.id(), "name", inbox.name()));
    }
    json.put("conversation", conversations.of(row));
    if (!message.attachments().isEmpty()) {
      json.put("attachments", messages.attachments(message));
    }
    return json;
  }

  private Map<String, @Nullable Object> conversation(Change change, Conversation row) {
    Map<String, @Nullable Object> json = begin(change);
    json.putAll(conversations.of(row));
    List<Object> changed = new ArrayList<>();
    for (String attribute : change.changedAttributes()) {
      changed.add(Map.of(attribute, Map.of()));
    }
    json.put("changed_attributes", changed);
    return json;
  }

  private Map<String, @Nullable Object> contact(Change change, Contact contact) {
    Map<String, @Nullable Object> json = begin(change);
    json.putAll(contacts.plain(contact));
    return json;
  }
}
