package dev.threadmill.ingest.chatwoot;

import java.net.URI;

/**
 * An account and the token that reads it.
 *
 * @param baseUrl without a trailing slash
 * @param token never shown: the text form of this record leaves it out
 * @param tokenName what to call the token where something is wrong with it
 */
public record ChatwootAccount(URI baseUrl, long accountId, String token, String tokenName) {
  /** An account with the token of the environment. */
  public ChatwootAccount(URI baseUrl, long accountId, String token) {
    this(baseUrl, accountId, token, "CHATWOOT_API_TOKEN");
  }

  @Override
  public String toString() {
    return "account " + accountId + " at " + baseUrl;
  }
}
