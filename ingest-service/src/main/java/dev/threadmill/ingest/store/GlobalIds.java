package dev.threadmill.ingest.store;

import dev.threadmill.core.project.Source;

/** The primary keys of what Chatwoot shows: {@code <kind>:<project>:<account>:<id>}. */
public final class GlobalIds {
  private GlobalIds() {}

  public static String contact(Source source, long contactId) {
    return of("cwc", source, contactId);
  }

  public static String conversation(Source source, long displayId) {
    return of("cw", source, displayId);
  }

  public static String message(Source source, long messageId) {
    return of("cwmsg", source, messageId);
  }

  public static String inbox(Source source, long inboxId) {
    return of("cwi", source, inboxId);
  }

  /** What the display id is put behind. */
  static String conversationPrefix(Source source) {
    return prefix("cw", source);
  }

  private static String of(String kind, Source source, long id) {
    return prefix(kind, source) + id;
  }

  private static String prefix(String kind, Source source) {
    return kind + ":" + source.projectId() + ":" + source.accountId() + ":";
  }
}
