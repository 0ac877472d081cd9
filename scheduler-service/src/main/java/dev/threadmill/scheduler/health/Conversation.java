package dev.threadmill.scheduler.health;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as it is stored now.
 *
 * @param contactId null while its contact is not known
 * @param lastActivityAt in seconds since 1970, as all times here
 * @param messages the latest ones that can be told about, in any order
 * @param cut whether there are older messages, which were not read
 */
record Conversation(
    String id,
    @Nullable String contactId,
    boolean resolved,
    long lastActivityAt,
    List<Message> messages,
    boolean cut) {
  enum Kind {
    CUSTOMER,
    TEAM,
    /** Chatwoot's own note of a change. */
    ACTIVITY,
    /** A survey, which is sent when a conversation is resolved. */
    SURVEY
  }

  /**
   * @param rating the answer to a survey; null: none
   */
  record Message(long id, Kind kind, long at, @Nullable Integer rating) {}
}
