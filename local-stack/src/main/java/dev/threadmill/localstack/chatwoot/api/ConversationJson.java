package dev.threadmill.localstack.chatwoot.api;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.http.Answer;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A conversation as list and show give it. */
final class ConversationJson {
  private final ChatwootAccount account;
  private final ServerSettings settings;
  private final ContactJson contacts;
  private final MessageJson messages;

  ConversationJson(
      ChatwootAccount account,
      ServerSettings settings,
      ContactJson contacts,
      MessageJson messages) {
    this.account = account;
    this.settings = settings;
    this.contacts = contacts;
    this.messages = messages;
  }

  /** To be called inside a read of the account. */
  Map<String, @Nullable Object> of(Conversation row) {
    List<Message> all = account.messages().of(row.id());
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("meta", meta(row));
    json.put("id", row.id());
    json.put(
        "messages", newest(all).map(m -> List.of(messages.embedded(m, row))).orElse(List.of()));
    json.put("account_id", account.id());
    json.put("uuid", row.uuid());
    json.put("additional_attributes", row.additionalAttributes());
    json.put("agent_last_seen_at", Times.seconds(row.agentLastSeenAt()));
    json.put("assignee_last_seen_at", Times.seconds(row.agentLastSeenAt()));
    json.put("can_reply", true);
    json.put("contact_last_seen_at", Times.seconds(row.contactLastSeenAt()));
    json.put("custom_attributes", row.customAttributes());
    json.put("inbox_id", row.inboxId());
    json.put("labels", row.labels());
    json.put("muted", row.muted());
    json.put("snoozed_until", Times.iso(row.snoozedUntil()));
    json.put("status", row.status());
    json.put("created_at", Times.seconds(row.createdAt()));
    if (settings.conversationUpdatedAt()) {
      json.put("updated_at", Times.precise(row.updatedAt()));
    }
    json.put("timestamp", Times.seconds(row.lastActivityAt()));
    json.put("first_reply_created_at", Times.seconds(row.firstReplyCreatedAt()));
    json.put("unread_count", unread(row, all));
    json.put("last_non_activity_message", lastNonActivity(row, all));
    json.put("last_activity_at", Times.seconds(row.lastActivityAt()));
    json.put("priority", row.priority());
    json.put("waiting_since", Times.seconds(row.waitingSince()));
    json.put("sla_policy_id", null);
    return json;
  }

  private Map<String, @Nullable Object> meta(Conversation row) {
    Map<String, @Nullable Object> meta = new LinkedHashMap<>();
    Contact contact = account.contacts().find(row.contactId()).orElse(null);
    if (contact == null) {
      // What Chatwoot does with an orphan until its background job has removed it.
      throw new Answer.Refusal(
          Answer.html(500, "<html><h1>We're sorry, but something went wrong.</h1></html>"));
    }
    meta.put("sender", contacts.plain(contact));
    Desk.Inbox inbox = account.desk().findInbox(row.inboxId());
    meta.put("channel", inbox == null ? null : inbox.channel());
    Desk.Agent assignee = account.desk().findAgent(row.assigneeId());
    if (assignee != null) {
      meta.put("assignee", agent(assignee));
    }
    if (row.teamId() != null) {
      meta.put(
          "team", Map.of("id", row.teamId(), "name", account.desk().teams().get(row.teamId())));
    }
    meta.put("hmac_verified", false);
    return meta;
  }

  Map<String, Object> agent(Desk.Agent agent) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", agent.id());
    json.put("account_id", account.id());
    json.put("availability_status", "online");
    json.put("auto_offline", true);
    json.put("confirmed", true);
    json.put("email", agent.email());
    json.put("available_name", agent.name());
    json.put("name", agent.name());
    json.put("role", agent.role());
    json.put("thumbnail", "");
    return json;
  }

  private static Optional<Message> newest(List<Message> all) {
    return all.stream().max(Comparator.comparing(Message::createdAt));
  }

  private @Nullable Object lastNonActivity(Conversation row, List<Message> all) {
    return all.reversed().stream()
        .filter(m -> m.type() != MessageType.ACTIVITY)
        .findFirst()
        .map(m -> messages.embedded(m, row))
        .orElse(null);
  }

  private static long unread(Conversation row, List<Message> all) {
    Instant seen = row.agentLastSeenAt();
    return all.stream()
        .filter(m -> m.type() == MessageType.INCOMING)
        .filter(m -> seen == null || m.createdAt().isAfter(seen))
        .limit(10)
        .count();
  }
}
