package dev.threadmill.gateway.audit;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is changed.
 *
 * @param projectId null when no project is concerned
 * @param action a thing and a verb, such as {@code schedule.change}
 * @param object which of them, such as {@code chatwoot_sync}
 * @param before without secrets; null when there was nothing before
 * @param after without secrets; null when nothing is left
 */
public record Change(
    @Nullable UUID projectId,
    String action,
    String object,
    @Nullable Map<String, ?> before,
    @Nullable Map<String, ?> after) {}
