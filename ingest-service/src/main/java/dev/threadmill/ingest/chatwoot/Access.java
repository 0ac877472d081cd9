package dev.threadmill.ingest.chatwoot;

/** What the token may see of the account. */
public enum Access {
  /** Every inbox. */
  ADMINISTRATOR,
  /** Only the inboxes of this agent: a sync is incomplete by design. */
  AGENT,
  /** The token's user is no member of the account, or there is no such account. */
  NONE,
  /** The server does not say. */
  UNKNOWN
}
