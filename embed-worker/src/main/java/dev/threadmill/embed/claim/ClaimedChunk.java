package dev.threadmill.embed.claim;

import java.util.UUID;

/**
 * A row that this worker holds by lease.
 *
 * @param tokens as the chunker counted them
 * @param fence the number of this claim; a write with an older one is refused
 */
public record ClaimedChunk(
    long id, UUID projectId, String text, String textHash, int tokens, long fence) {

  /** Without the text: this may reach a log. */
  @Override
  public String toString() {
    return "chunk " + id + " of project " + projectId + ", claim " + fence;
  }
}
