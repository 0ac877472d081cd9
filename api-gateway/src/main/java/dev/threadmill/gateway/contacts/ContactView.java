package dev.threadmill.gateway.contacts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A contact as it is stored.
 *
 * @param contactId Chatwoot's number of it
 * @param customAttributes as Chatwoot has them
 * @param link to its page in Chatwoot
 */
record ContactView(
    String globalId,
    long contactId,
    UUID sourceId,
    @Nullable String name,
    @Nullable String email,
    @Nullable String phoneNumber,
    @Nullable String identifier,
    boolean blocked,
    @Nullable Instant createdAt,
    @Nullable Instant lastActivityAt,
    JsonNode customAttributes,
    String link) {}
