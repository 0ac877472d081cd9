package dev.threadmill.embed.request;

import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A text to be sent once, and the rows that wait for its vector.
 *
 * @param text within the provider's limit for one text
 * @param remark how the text differs from the rows'; null when it does not
 * @param tokens what it counts towards the limit of a request, the higher of two estimates
 * @param repeated it may have been sent before by somebody who died
 */
record Input(
    String text,
    @Nullable String remark,
    List<ClaimedChunk> chunks,
    long tokens,
    boolean repeated) {

  /** The same, after a request that may have been billed without an answer. */
  Input again() {
    return new Input(text, remark, chunks, tokens, true);
  }

  String textHash() {
    return chunks.getFirst().textHash();
  }

  /** The project that is charged; other rows of the same text get the vector for nothing. */
  UUID projectId() {
    return chunks.getFirst().projectId();
  }

  @Override
  public String toString() {
    return "text of " + chunks;
  }
}
