package dev.threadmill.embed.request;

/** How much memory answers take while they are read; a worker lives in a heap of 256 MB. */
final class AnswerMemory {
  /** What the rest of the worker leaves. */
  private static final long BYTES = 160_000_000;

  /** Body, decoded text and vector; numbers in JSON come as boxed ones besides. */
  private static final int BYTES_OF_A_NUMBER_IN_BASE64 = 33;

  private static final int BYTES_OF_A_NUMBER_IN_JSON = 100;

  /** Wider ones are refused. */
  private static final int UNKNOWN_WIDTH = 4000;

  private AnswerMemory() {}

  /**
   * @param texts of one request
   * @param width numbers of a vector; 0 where the first answer tells
   * @param floats the server answers in JSON numbers, not in base64
   */
  static int answersAtOnce(int texts, int width, boolean floats) {
    long vector =
        (long) (width == 0 ? UNKNOWN_WIDTH : width)
            * (floats ? BYTES_OF_A_NUMBER_IN_JSON : BYTES_OF_A_NUMBER_IN_BASE64);
    return (int) Math.clamp(BYTES / (vector * texts), 1, Integer.MAX_VALUE);
  }
}
