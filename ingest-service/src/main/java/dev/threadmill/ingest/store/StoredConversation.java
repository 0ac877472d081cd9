package dev.threadmill.ingest.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a conversation.
 *
 * @param readAt the {@code updatedAt} for which its messages are stored; null when they must be
 *     read
 * @param gone it is no longer there
 */
public record StoredConversation(
    String globalId, @Nullable Instant updatedAt, @Nullable Instant readAt, boolean gone) {}
