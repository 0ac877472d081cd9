package dev.threadmill.ingest.chatwoot;

import java.util.List;

/**
 * The messages of a conversation whose ids lie in a window.
 *
 * @param rows in no order that may be relied on
 * @param complete false when there may be more in this window than the answer holds
 */
public record MessageSelection(List<MessagePayload> rows, boolean complete) {}
