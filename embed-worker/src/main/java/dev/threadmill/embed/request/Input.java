package dev.threadmill.embed.request;

import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text to be sent once, and the rows that wait for its vector.
 *
 * @param text within the provider's limit for one text
 * @param remark how the text differs from the rows'; null when it does not
 * @param tokens what it counts towards the limit of a request, the higher of two estimates
 */
record Input(String text, @Nullable String remark, List<ClaimedChunk> chunks, long tokens) {

  @Override
  public String toString() {
    return "text of " + chunks;
  }
}
