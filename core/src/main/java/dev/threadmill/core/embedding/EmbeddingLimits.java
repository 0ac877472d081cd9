package dev.threadmill.core.embedding;

/**
 * What one request may hold. The numbers are OpenAI's published limits for its embeddings endpoint.
 *
 * @param maxInputs texts in a request, 1 to 2048
 */
public record EmbeddingLimits(int maxInputs) {
  /** Tokens of one text. */
  public static final int MAX_TOKENS_PER_INPUT = 8191;

  /** Tokens of one request, which the provider reckons as a quarter of the UTF-8 bytes. */
  public static final int MAX_TOKENS_PER_REQUEST = 300_000;

  public EmbeddingLimits {
    if (maxInputs < 1 || maxInputs > 2048) {
      throw new IllegalArgumentException("a request holds 1 to 2048 texts, not " + maxInputs);
    }
  }
}
