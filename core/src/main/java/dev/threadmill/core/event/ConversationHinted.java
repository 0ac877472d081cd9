package dev.threadmill.core.event;

import java.time.Instant;
import java.util.UUID;

/** A webhook says that a conversation may have changed. */
public record ConversationHinted(
    UUID eventId, Instant occurredAt, UUID projectId, UUID sourceId, long conversationId)
    implements Event {}
