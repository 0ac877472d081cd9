package dev.threadmill.ingest.chatwoot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the conversation list.
 *
 * @param unusable display ids of rows that lack what a conversation must have; 0 where even that
 * @param allCount what the server counts over all pages; null where it does not say
 */
public record ConversationPage(
    List<ConversationPayload> rows, List<Long> unusable, @Nullable Long allCount) {
  public boolean isEmpty() {
    return rows.isEmpty() && unusable.isEmpty();
  }
}
