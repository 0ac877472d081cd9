package dev.threadmill.ingest.store;

import java.time.Instant;

/** A conversation that can't be read now, why, and when it is tried again. */
public record SetAside(long conversationId, String error, int failures, Instant retryAt) {}
