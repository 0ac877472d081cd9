package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A conversation to be opened; without a time it is created now. */
public record NewConversation(
    long contactId,
    long inboxId,
    String status,
    List<String> labels,
    @Nullable Long assigneeId,
    @Nullable String priority,
    Map<String, Object> additionalAttributes,
    @Nullable Instant createdAt) {

  /** In the first inbox, open, of nobody. */
  public static NewConversation with(long contactId) {
    return new NewConversation(contactId, 1, "open", List.of(), null, null, Map.of(), null);
  }

  public NewConversation inbox(long id) {
    return new NewConversation(
        contactId, id, status, labels, assigneeId, priority, additionalAttributes, createdAt);
  }

  public NewConversation status(String value) {
    return new NewConversation(
        contactId, inboxId, value, labels, assigneeId, priority, additionalAttributes, createdAt);
  }

  public NewConversation labels(List<String> value) {
    return new NewConversation(
        contactId, inboxId, status, value, assigneeId, priority, additionalAttributes, createdAt);
  }

  public NewConversation assignee(@Nullable Long agentId) {
    return new NewConversation(
        contactId, inboxId, status, labels, agentId, priority, additionalAttributes, createdAt);
  }

  public NewConversation priority(@Nullable String value) {
    return new NewConversation(
        contactId, inboxId, status, labels, assigneeId, value, additionalAttributes, createdAt);
  }

  public NewConversation additionalAttributes(Map<String, Object> value) {
    return new NewConversation(
        contactId, inboxId, status, labels, assigneeId, priority, value, createdAt);
  }

  public NewConversation createdAt(Instant time) {
    return new NewConversation(
        contactId, inboxId, status, labels, assigneeId, priority, additionalAttributes, time);
  }
}
