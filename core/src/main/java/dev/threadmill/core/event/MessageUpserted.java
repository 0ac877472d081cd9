package dev.threadmill.core.event;

import java.time.Instant;
import java.util.UUID;

/** A chunk is new or has another text, and waits for its vector. */
public record MessageUpserted(
    UUID eventId,
    Instant occurredAt,
    UUID projectId,
    String conversationGlobalId,
    String messageGlobalId,
    long chunkId,
    int chunkIndex,
    String textHash)
    implements Event {}
