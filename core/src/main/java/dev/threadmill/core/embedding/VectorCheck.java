package dev.threadmill.core.embedding;

import dev.threadmill.core.embedding.EmbeddingException.Kind;
import java.util.List;

/** An answer is taken whole or not at all. */
final class VectorCheck {
  /** Of half precision, in which vectors are compared. */
  private static final float LARGEST = 65_504;

  private VectorCheck() {}

  /**
   * @param width 0 where any width is right, as long as all are equal
   */
  static void check(List<float[]> vectors, int texts, int width) throws EmbeddingException {
    if (vectors.size() != texts) {
      throw bad(
          "wrong_count",
          "the provider answered " + vectors.size() + " vectors for " + texts + " texts");
    }
    int expected = width == 0 && !vectors.isEmpty() ? vectors.getFirst().length : width;
    for (float[] vector : vectors) {
      if (vector.length == 0 || vector.length != expected) {
        throw bad(
            "wrong_width",
            "the provider answered a vector of "
                + vector.length
                + " numbers instead of "
                + expected);
      }
      checkNumbers(vector);
    }
  }

  private static void checkNumbers(float[] vector) throws EmbeddingException {
    boolean allZero = true;
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        throw bad("not_finite", "the provider answered a vector with a number that is not finite");
      }
      if (Math.abs(number) > LARGEST) {
        throw bad(
            "too_large_number",
            "the provider answered a vector with a number that half precision does not hold");
      }
      allZero &= number == 0;
    }
    if (allZero) {
      throw bad("all_zero", "the provider answered a vector of zeros");
    }
  }

  private static EmbeddingException bad(String code, String message) {
    return new EmbeddingException(Kind.BAD_ANSWER, code, message);
  }
}
