package dev.threadmill.ingest.chatwoot;

/** The orders of the conversation list that a sync can build on. */
public enum ConversationSort {
  /** Only appends while it is read; a deletion pulls rows one page back. */
  CREATED_FIRST("created_at_asc"),
  /** New messages first; edits and deletions do not move a conversation. */
  ACTIVE_LAST_FIRST("last_activity_at_desc");

  private final String parameter;

  ConversationSort(String parameter) {
    this.parameter = parameter;
  }

  String parameter() {
    return parameter;
  }
}
