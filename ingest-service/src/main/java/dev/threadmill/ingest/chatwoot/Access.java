package dev.threadmill.ingest.chatwoot;

import tools.jackson.databind.JsonNode;

/** What the token may see of the account. */
public enum Access {
  /** Every inbox. */
  ADMINISTRATOR,
  /** Only the inboxes of this agent: a sync is incomplete by design. */
  AGENT,
  /** The token's user is no member of the account, or there is no such account. */
  NONE,
  /** The server does not say. */
  UNKNOWN;

  /** By the answer of {@code /profile}, which lists the user's accounts with the role in each. */
  static Access of(JsonNode profile, long account) {
    if (!profile.path("accounts").isArray()) {
      return UNKNOWN;
    }
    for (JsonNode member : profile.path("accounts")) {
      if (member.path("id").asLong(0) == account) {
        // Who is not said to be an administrator may not see every inbox.
        return switch (member.path("role").asString("")) {
          case "administrator" -> ADMINISTRATOR;
          case "agent" -> AGENT;
          default -> UNKNOWN;
        };
      }
    }
    return NONE;
  }
}
