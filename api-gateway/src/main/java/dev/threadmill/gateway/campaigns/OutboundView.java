package dev.threadmill.gateway.campaigns;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message of a campaign.
 *
 * @param step from 0
 * @param state {@code waiting} for a person, {@code ready} to be sent when its time comes, {@code
 *     sending}, {@code unknown} (nobody knows yet whether it was sent), {@code sent}, {@code
 *     would_send} (sending is off), {@code failed} or {@code cancelled}
 * @param reason why it failed or was cancelled
 * @param error what went wrong the last time
 * @param dueAt it is not sent before
 * @param messageId Chatwoot's number of it
 * @param updatedAt names what was seen, when it is approved
 * @param link to the conversation in Chatwoot; null when that is gone
 */
public record OutboundView(
    UUID id,
    UUID campaignId,
    String contactGlobalId,
    String conversationGlobalId,
    int step,
    String channel,
    String text,
    String state,
    @Nullable String reason,
    @Nullable String error,
    Instant dueAt,
    int attempts,
    @Nullable Long messageId,
    @Nullable Instant sentAt,
    @Nullable String approvedBy,
    @Nullable Instant approvedAt,
    @Nullable String editedBy,
    @Nullable Instant editedAt,
    Instant createdAt,
    Instant updatedAt,
    @Nullable String link) {}
