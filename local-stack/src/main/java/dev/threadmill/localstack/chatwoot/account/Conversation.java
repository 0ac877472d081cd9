package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One conversation. Its id is Chatwoot's display id, unique in the account only. Instances handed
 * out by {@link Truth} are copies; those of {@link Conversations} are live and move on.
 */
public final class Conversation {
  final long id;
  final String uuid;
  final Instant createdAt;
  long inboxId;
  long contactId;
  String status = "open";
  @Nullable String priority;
  List<String> labels = List.of();
  @Nullable Long assigneeId;
  @Nullable Long teamId;
  boolean muted;
  Map<String, Object> additionalAttributes = Map.of();
  Map<String, Object> customAttributes = Map.of();
  Instant updatedAt;
  Instant lastActivityAt;
  @Nullable Instant agentLastSeenAt;
  @Nullable Instant contactLastSeenAt;
  @Nullable Instant firstReplyCreatedAt;
  @Nullable Instant waitingSince;
  @Nullable Instant snoozedUntil;

  Conversation(long id, String uuid, long inboxId, long contactId, Instant createdAt) {
    this.id = id;
    this.uuid = uuid;
    this.inboxId = inboxId;
    this.contactId = contactId;
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
    this.lastActivityAt = createdAt;
  }

  Conversation copy() {
    Conversation copy = new Conversation(id, uuid, inboxId, contactId, createdAt);
    copy.status = status;
    copy.priority = priority;
    copy.labels = labels;
    copy.assigneeId = assigneeId;
    copy.teamId = teamId;
    copy.muted = muted;
    copy.additionalAttributes = additionalAttributes;
    copy.customAttributes = customAttributes;
    copy.updatedAt = updatedAt;
    copy.lastActivityAt = lastActivityAt;
    copy.agentLastSeenAt = agentLastSeenAt;
    copy.contactLastSeenAt = contactLastSeenAt;
    copy.firstReplyCreatedAt = firstReplyCreatedAt;
    copy.waitingSince = waitingSince;
    copy.snoozedUntil = snoozedUntil;
    return copy;
  }

  public long id() {
    return id;
  }

  public String uuid() {
    return uuid;
  }

  public long inboxId() {
    return inboxId;
  }

  public long contactId() {
    return contactId;
  }

  public String status() {
    return status;
  }

  public @Nullable String priority() {
    return priority;
  }

  public List<String> labels() {
    return labels;
  }

  public @Nullable Long assigneeId() {
    return assigneeId;
  }

  public @Nullable Long teamId() {
    return teamId;
  }

  public boolean muted() {
    return muted;
  }

  public Map<String, Object> additionalAttributes() {
    return additionalAttributes;
  }

  public Map<String, Object> customAttributes() {
    return customAttributes;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public Instant updatedAt() {
    return updatedAt;
  }

  public Instant lastActivityAt() {
    return lastActivityAt;
  }

  public @Nullable Instant agentLastSeenAt() {
    return agentLastSeenAt;
  }

  public @Nullable Instant contactLastSeenAt() {
    return contactLastSeenAt;
  }

  public @Nullable Instant firstReplyCreatedAt() {
    return firstReplyCreatedAt;
  }

  public @Nullable Instant waitingSince() {
    return waitingSince;
  }

  public @Nullable Instant snoozedUntil() {
    return snoozedUntil;
  }

  @Override
  public String toString() {
    return "Conversation[" + id + ", contact " + contactId + ", " + status + ", " + updatedAt + "]";
  }
}
