package dev.threadmill.localstack.chatwoot.account;

import java.util.Locale;

/** Chatwoot's four kinds of message. */
public enum MessageType {
  INCOMING(0),
  OUTGOING(1),
  ACTIVITY(2),
  TEMPLATE(3);

  private final int code;

  MessageType(int code) {
    this.code = code;
  }

  /** The number used by the API. */
  public int code() {
    return code;
  }

  /** The word used by webhooks and by requests to create a message. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
