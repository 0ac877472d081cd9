package dev.threadmill.ingest.chatwoot;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Who speaks in a message. */
public enum MessageType {
  INCOMING,
  OUTGOING,
  ACTIVITY,
  TEMPLATE;

  /** The name in the table. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** People said it, so it is worth searching for. */
  public boolean spoken() {
    return this == INCOMING || this == OUTGOING;
  }

  /** A type that is not known is taken for one that nobody spoke. */
  static MessageType of(JsonNode node) {
    int number = node.asInt(ACTIVITY.ordinal());
    return number >= 0 && number < values().length ? values()[number] : ACTIVITY;
  }
}
