package dev.threadmill.scheduler.health;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as it is stored now.
 *
 * @param contactId null while its contact is not known
 * @param resolutions the latest ones that the sync saw
 * @param messages the latest ones that can be told about, in any order
 * @param cut whether there are older messages, which were not read
 */
record Conversation(
    String id,
    @Nullable String contactId,
    boolean resolved,
    List<Resolution> resolutions,
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
   * The sync saw it resolved, which it was not when the sync looked before. All times are seconds
   * since 1970.
   *
   * @param seenBefore the look before; {@link Long#MIN_VALUE}: none
   * @param seenAt this look
   * @param shownAt its last activity as Chatwoot showed it at this look
   */
  record Resolution(long seenBefore, long seenAt, long shownAt) {}

  /**
   * @param rating the answer to a survey; null: none
   */
  record Message(long id, Kind kind, long at, @Nullable Integer rating) {}
}
