package dev.threadmill.gateway.projects;

import dev.threadmill.core.project.Sources.Details;
import java.time.Instant;
import java.util.UUID;

/**
 * A source without its secrets.
 *
 * @param ownToken whether it has an access token of its own; else the environment's is used
 * @param signedWebhooks whether it has a secret that webhooks are signed with
 * @param unsignedWebhooks whether it takes webhooks without a signature
 * @param webhookPath where Chatwoot has to send its webhooks to
 */
public record SourceView(
    UUID id,
    String sourceKind,
    String baseUrl,
    long accountId,
    boolean ownToken,
    boolean signedWebhooks,
    boolean unsignedWebhooks,
    String webhookPath,
    Instant createdAt) {
  static SourceView of(Details details) {
    var source = details.source();
    return new SourceView(
        source.id(),
        "chatwoot",
        source.baseUrl().toString(),
        source.accountId(),
        details.ownToken(),
        details.signedWebhooks(),
        details.unsignedWebhooks(),
        "/webhooks/chatwoot/" + source.id(),
        details.createdAt());
  }
}
