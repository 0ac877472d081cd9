package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingLimits;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many texts a request may hold: what is configured, or less where the server takes less. It is
 * learned from requests that were refused although each half of them is taken.
 */
final class InputLimit {
  private static final Logger log = LoggerFactory.getLogger(InputLimit.class);

  private final AtomicInteger inputs;

  InputLimit(EmbeddingLimits limits) {
    this.inputs = new AtomicInteger(limits.maxInputs());
  }

  int inputs() {
    return inputs.get();
  }

  /**
   * @param taken the size of the larger half, which was taken
   */
  void learn(int taken) {
    if (inputs.getAndUpdate(now -> Math.min(now, Math.max(1, taken))) > taken) {
      log.info(
          "the provider takes {} texts a request; OPENAI_EMBED_MAX_INPUTS can say the exact number",
          taken);
    }
  }
}
