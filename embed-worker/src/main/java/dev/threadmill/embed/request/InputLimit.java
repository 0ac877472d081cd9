package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many texts a request may hold: what is configured, or less where the server takes less. It is
 * learned from requests that were refused although each half of them is taken; and tried anew from
 * time to time, for the server may be another one by now.
 */
final class InputLimit {
  private static final Logger log = LoggerFactory.getLogger(InputLimit.class);

  /** So many full requests in a row, and the next ones may be twice as large. */
  private static final int GROW_AFTER = 300;

  private final int configured;
  private int inputs;
  private int full;

  InputLimit(EmbeddingLimits limits) {
    this.configured = limits.maxInputs();
    this.inputs = configured;
  }

  synchronized int inputs() {
    return inputs;
  }

  /**
   * @param taken the size of the larger half, which was taken
   */
  synchronized void learn(int taken) {
    full = 0;
    if (inputs > taken) {
      inputs = Math.max(1, taken);
      log.info(
          "the provider takes {} texts a request; OPENAI_EMBED_MAX_INPUTS can say the exact number",
          inputs);
    }
  }

  /**
   * @param texts the size of a request that was answered
   */
  synchronized void answered(int texts) {
    if (inputs < configured && texts >= inputs && ++full >= GROW_AFTER) {
      full = 0;
      inputs = Math.min(configured, inputs * 2);
    }
  }
}
