package dev.threadmill.embed.claim;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row that this worker holds by lease.
 *
 * @param tokens as the chunker counted them
 * @param fence the number of this claim; a write with an older one is refused
 * @param arrival of a row that never had a vector, and whose message was not an hour old when it
 *     was stored; null of others
 */
public record ClaimedChunk(
    long id,
    UUID projectId,
    String text,
    String textHash,
    int tokens,
    long fence,
    @Nullable Arrival arrival) {

  /**
   * How old a row is, without comparing two clocks.
   *
   * @param age by the database's clock, when the row was claimed
   * @param claimedAt {@link System#nanoTime} then
   */
  public record Arrival(Duration age, long claimedAt) {
    public Duration ageNow() {
      return age.plusNanos(System.nanoTime() - claimedAt);
    }
  }

  /** Without the text: this may reach a log. */
  @Override
  public String toString() {
    return "chunk " + id + " of project " + projectId + ", claim " + fence;
  }
}
