package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.Sender;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms in which a message appears. */
final class MessageJson {
  private final ChatwootAccount account;
  private final ContactJson contacts;

  MessageJson(ChatwootAccount account, ContactJson contacts) {
    this.account = account;
    this.contacts = contacts;
  }

  /** As the message list shows it: without {@code updated_at}, absent keys instead of null. */
  Map<String, @Nullable Object> listed(Message message, Conversation conversation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", message.id());
    json.put("content", message.content());
    json.put("inbox_id", conversation.inboxId());
    json.put("conversation_id", conversation.id());
    json.put("message_type", message.type().code());
    json.put("content_type", message.contentType());
    json.put("status", message.status());
    json.put("content_attributes", message.contentAttributes());
    json.put("created_at", Times.seconds(message.createdAt()));
    json.put("private", message.isPrivate());
    json.put("source_id", message.sourceId());
    putSender(json, message);
    putAttachments(json, message);
    return json;
  }

  /** The dump of the row that conversations embed. */
  Map<String, @Nullable Object> embedded(Message message, Conversation conversation) {
    Sender sender = message.sender();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", message.id());
    json.put("content", message.content());
    json.put("account_id", account.id());
    json.put("inbox_id", conversation.inboxId());
    json.put("conversation_id", conversation.id());
    json.put("message_type", message.type().code());
    json.put("created_at", Times.seconds(message.createdAt()));
    json.put("updated_at", Times.iso(message.updatedAt()));
    json.put("private", message.isPrivate());
    json.put("status", message.status());
    json.put("source_id", message.sourceId());
    json.put("content_type", message.contentType());
    json.put("content_attributes", message.contentAttributes());
    json.put("sender_type", sender == null ? null : rubyClass(sender.kind()));
    json.put("sender_id", sender == null ? null : sender.id());
    json.put("external_source_ids", Map.of());
    json.put("additional_attributes", Map.of());
    json.put("processed_message_content", message.content());
    json.put("sentiment", Map.of());
    json.put("conversation", summary(conversation));
    putAttachments(json, message);
    putSender(json, message);
    return json;
  }

  private static Map<String, @Nullable Object> summary(Conversation conversation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("assignee_id", conversation.assigneeId());
    json.put("unread_count", 0);
    json.put("last_activity_at", Times.seconds(conversation.lastActivityAt()));
    json.put("contact_inbox", Map.of("source_id", "contact-" + conversation.contactId()));
    return json;
  }

  private static String rubyClass(Sender.Kind kind) {
    return switch (kind) {
      case CONTACT -> "Contact";
      case USER -> "User";
      case AGENT_BOT -> "AgentBot";
      case CAPTAIN_ASSISTANT -> "Captain::Assistant";
    };
  }

  void putSender(Map<String, @Nullable Object> json, Message message) {
    Sender sender = message.sender();
    if (sender == null) {
      return;
    }
    switch (sender.kind()) {
      case CONTACT ->
          account
              .contacts()
              .find(sender.id())
              .ifPresent(contact -> json.put("sender", contacts.sender(contact)));
      case USER -> {
        Desk.Agent agent = account.desk().findAgent(sender.id());
        if (agent != null) {
          json.put("sender", user(agent));
        }
      }
      case AGENT_BOT, CAPTAIN_ASSISTANT ->
          json.put(
              "sender",
              Map.of(
                  "id",
                  sender.id(),
                  "name",
                  "Helper",
                  "avatar_url",
                  "",
                  "type",
                  sender.kind().name().toLowerCase(Locale.ROOT)));
    }
  }

  private static Map<String, Object> user(Desk.Agent agent) {
    return Map.of(
        "id", agent.id(),
        "name", agent.name(),
        "available_name", agent.name(),
        "avatar_url", "",
        "type", "user",
        "availability_status", "online",
        "thumbnail", "");
  }

  private void putAttachments(Map<String, @Nullable Object> json, Message message) {
    List<Map<String, Object>> files = message.attachments();
    if (!files.isEmpty()) {
      json.put("attachments", attachments(message));
    }
  }

  /** Each with the ids that Chatwoot adds. */
  List<Map<String, Object>> attachments(Message message) {
    return message.attachments().stream()
        .map(
            file -> {
              Map<String, Object> json = new LinkedHashMap<>();
              json.put("id", message.id() * 10 + message.attachments().indexOf(file));
              json.put("message_id", message.id());
              json.put("account_id", account.id());
              json.putAll(file);
              return json;
            })
        .toList();
  }
}
