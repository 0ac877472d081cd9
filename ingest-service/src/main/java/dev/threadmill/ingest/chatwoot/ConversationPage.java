package dev.threadmill.ingest.chatwoot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the conversation list.
 *
 * @param unusable how many rows lack what a conversation must have
 * @param allCount what the server counts over all pages; null where it does not say
 */
public record ConversationPage(
    List<ConversationPayload> rows, int unusable, @Nullable Long allCount) {
  public boolean isEmpty() {
    return rows.isEmpty() && unusable == 0;
  }
}
