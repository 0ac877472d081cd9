package dev.threadmill.core.project;

import java.net.URI;
import java.util.UUID;

/**
 * A Chatwoot account that feeds a project.
 *
 * @param baseUrl in the spelling of {@link BaseAddress}
 * @param accountId Chatwoot's number of the account
 */
public record Source(UUID id, UUID projectId, URI baseUrl, long accountId) {
  /** The name of this source in {@code sync_watermarks}. */
  public String watermarkName() {
    return "chatwoot:" + accountId;
  }
}
