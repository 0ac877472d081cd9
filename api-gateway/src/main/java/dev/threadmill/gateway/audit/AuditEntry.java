package dev.threadmill.gateway.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A change as it was noted.
 *
 * @param id rises with time
 * @param tokenName who did it; {@code bootstrap} is the token of the environment
 * @param before null when there was nothing before
 * @param after null when nothing is left
 */
public record AuditEntry(
    long id,
    Instant at,
    @Nullable UUID projectId,
    @Nullable UUID tokenId,
    String tokenName,
    String action,
    String object,
    @Nullable JsonNode before,
    @Nullable JsonNode after,
    @Nullable String address,
    @Nullable String requestId) {}
