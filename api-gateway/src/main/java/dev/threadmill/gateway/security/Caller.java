package dev.threadmill.gateway.security;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who calls.
 *
 * @param tokenId the token's row; null for the token of the environment
 * @param name the token's name, shown in the run history
 * @param projectId the one project the token is bound to; null when it may speak for all
 */
public record Caller(@Nullable UUID tokenId, String name, Scope scope, @Nullable UUID projectId) {
  Caller boundTo(UUID project) {
    return new Caller(tokenId, name, scope, project);
  }
}
