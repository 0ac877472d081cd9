package dev.threadmill.localstack.chatwoot.api;

/** What differs between Chatwoot versions and their operators; may change while it runs. */
public final class ServerSettings {
  private volatile boolean updatedWithin = true;
  private volatile boolean conversationUpdatedAt = true;
  private volatile boolean orphansBreakLists = true;
  private volatile int conversationsPerPage = 25;

  /** False: the parameter is ignored without a word, as by old servers. */
  public void supportUpdatedWithin(boolean supported) {
    updatedWithin = supported;
  }

  /** False: conversations carry no {@code updated_at}, as those of old servers. */
  public void showConversationUpdatedAt(boolean shown) {
    conversationUpdatedAt = shown;
  }

  /** True (default): a conversation whose contact is gone turns its list page into a 500. */
  public void orphansBreakLists(boolean broken) {
    orphansBreakLists = broken;
  }

  /** The server's {@code CONVERSATION_RESULTS_PER_PAGE}. */
  public void conversationsPerPage(int rows) {
    conversationsPerPage = rows;
  }

  boolean updatedWithin() {
    return updatedWithin;
  }

  boolean conversationUpdatedAt() {
    return conversationUpdatedAt;
  }

  boolean orphansBreakLists() {
    return orphansBreakLists;
  }

  int conversationsPerPage() {
    return conversationsPerPage;
  }
}
