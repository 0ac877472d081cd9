package dev.threadmill.localstack.chatwoot.account;

import java.util.Locale;

/** Chatwoot's four kinds of message; the order is the number on the wire. */
public enum MessageType {
  INCOMING,
  OUTGOING,
  ACTIVITY,
  TEMPLATE;

  /** The number used by the API. */
  public int code() {
    return ordinal();
  }

  /** The word used by webhooks and by requests to create a message. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
