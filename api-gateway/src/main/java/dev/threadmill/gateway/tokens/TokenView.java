package dev.threadmill.gateway.tokens;

import dev.threadmill.gateway.security.Scope;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token without itself: only its hash is stored.
 *
 * @param prefix its first characters, by which its holder knows it
 * @param projectId the one project it speaks for; null: all
 * @param lastUsedAt to about a minute; null: never
 */
public record TokenView(
    UUID id,
    String name,
    String prefix,
    Scope scope,
    @Nullable UUID projectId,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {
  Map<String, Object> audited() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("prefix", prefix);
    fields.put("scope", scope.wireName());
    fields.put("project_id", projectId);
    fields.put("expires_at", expiresAt);
    return fields;
  }
}
