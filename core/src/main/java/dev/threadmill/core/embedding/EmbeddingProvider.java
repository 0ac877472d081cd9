package dev.threadmill.core.embedding;

import java.time.Duration;
import java.util.List;

/** Turns texts into vectors. Safe for use by many threads. */
public interface EmbeddingProvider {
  EmbeddingModel model();

  /**
   * Names the account whose limits requests count against: equal for equal address and key, and it
   * gives neither away.
   */
  String account();

  /** How many numbers its vectors have; 0 where only the answers tell. */
  int width();

  /**
   * One request to the provider: no retries, no splitting.
   *
   * @param texts not blank, within {@link EmbeddingLimits}
   * @return checked: count, width (where it is not known, that all are equal), only finite numbers,
   *     not all zero
   * @throws EmbeddingException which says what kind of failure it is
   */
  Embedded embed(List<String> texts) throws EmbeddingException;

  /**
   * The same for somebody who waits for it: fails when there is no answer in this time. What is
   * computed in the process takes its time.
   */
  default Embedded embed(List<String> texts, Duration within) throws EmbeddingException {
    return embed(texts);
  }
}
