package dev.threadmill.scheduler.campaign;

import java.net.URI;

/**
 * An account and the token that writes to it.
 *
 * @param token never shown: the text form of this record leaves it out
 */
record SendingAccount(URI baseUrl, long accountId, String token) {
  @Override
  public String toString() {
    return "account " + accountId + " at " + baseUrl;
  }
}
