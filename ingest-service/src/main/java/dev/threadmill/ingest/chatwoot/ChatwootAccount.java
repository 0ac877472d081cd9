package dev.threadmill.ingest.chatwoot;

import java.net.URI;

/**
 * An account and the token that reads it.
 *
 * @param baseUrl without a trailing slash
 * @param token never shown: the text form of this record leaves it out
 */
public record ChatwootAccount(URI baseUrl, long accountId, String token) {
  @Override
  public String toString() {
    return "account " + accountId + " at " + baseUrl;
  }
}
