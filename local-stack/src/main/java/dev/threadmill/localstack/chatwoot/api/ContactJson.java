package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms in which a contact appears. */
final class ContactJson {
  private final ChatwootAccount account;

  ContactJson(ChatwootAccount account) {
    this.account = account;
  }

  /** As {@code meta.sender} of a conversation and in webhooks. */
  Map<String, @Nullable Object> plain(Contact contact) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("additional_attributes", contact.additionalAttributes());
    json.put("availability_status", "offline");
    json.put("email", contact.email());
    json.put("id", contact.id());
    json.put("name", contact.name());
    json.put("phone_number", contact.phoneNumber());
    json.put("blocked", contact.blocked());
    json.put("identifier", contact.identifier());
    json.put("thumbnail", "");
    json.put("custom_attributes", contact.customAttributes());
    if (contact.lastActivityAt() != null) {
      json.put("last_activity_at", Times.seconds(contact.lastActivityAt()));
    }
    json.put("created_at", Times.seconds(contact.createdAt()));
    return json;
  }

  /** As the contact endpoints show it. */
  Map<String, @Nullable Object> whole(Contact contact, boolean withInboxes) {
    Map<String, @Nullable Object> json = plain(contact);
    if (withInboxes) {
      json.put("contact_inboxes", inboxes(contact));
    }
    return json;
  }

  /** As the sender of a message. */
  Map<String, @Nullable Object> sender(Contact contact) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("additional_attributes", contact.additionalAttributes());
    json.put("custom_attributes", contact.customAttributes());
    json.put("email", contact.email());
    json.put("id", contact.id());
    json.put("identifier", contact.identifier());
    json.put("name", contact.name());
    json.put("phone_number", contact.phoneNumber());
    json.put("thumbnail", "");
    json.put("blocked", contact.blocked());
    json.put("type", "contact");
    return json;
  }

  private List<Object> inboxes(Contact contact) {
    return new ArrayList<>(
        account.conversations().all().stream()
            .filter(c -> c.contactId() == contact.id())
            .map(Conversation::inboxId)
            .distinct()
            .map(id -> account.desk().findInbox(id))
            .filter(inbox -> inbox != null)
            .map(inbox -> contactInbox(contact, inbox))
            .toList());
  }

  private static Map<String, Object> contactInbox(Contact contact, Desk.Inbox inbox) {
    return Map.of(
        "source_id",
        "contact-" + contact.id() + "-" + inbox.id(),
        "inbox",
        Map.of("id", inbox.id(), "name", inbox.name(), "channel_type", inbox.channel()));
  }
}
