package dev.threadmill.localstack.openai;

import java.nio.charset.StandardCharsets;

/**
 * Vectors of length 1 that depend on model and text only. Each word adds its own few directions, so
 * texts that share words are near; a faint texture from the whole text makes every vector unique.
 */
final class Vectors {
  private static final int DIRECTIONS_PER_WORD = 32;
  private static final float TEXTURE = 0.02f;

  private Vectors() {}

  /** The first {@code width} numbers of the model's vector, scaled back to length 1. */
  static float[] of(String model, int nativeWidth, int width, String text) {
    long salt = hash(model);
    float[] vector = texture(hash(text) ^ salt, nativeWidth);
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inWord = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
      if (inWord && start < 0) {
        start = i;
      } else if (!inWord && start >= 0) {
        addWord(vector, salt ^ wordHash(text, start, i));
        start = -1;
      }
    }
    return unit(vector, width);
  }

  private static float[] texture(long seed, int width) {
    float[] vector = new float[width];
    long state = seed;
    for (int i = 0; i < width; i++) {
      state += 0x9E3779B97F4A7C15L;
      vector[i] = ((mix(state) >> 40) / (float) (1 << 23)) * TEXTURE;
    }
    return vector;
  }

  private static void addWord(float[] vector, long word) {
    long state = word;
    for (int i = 0; i < DIRECTIONS_PER_WORD; i++) {
      state += 0x9E3779B97F4A7C15L;
      long random = mix(state);
      int index = (int) ((random >>> 33) % vector.length);
      vector[index] += (random & 1) == 0 ? 1f : -1f;
    }
  }

  private static float[] unit(float[] vector, int width) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += vector[i] * vector[i];
    }
    float scale = (float) (1 / Math.sqrt(sum));
    float[] cut = new float[width];
    for (int i = 0; i < width; i++) {
      cut[i] = vector[i] * scale;
    }
    return cut;
  }

  private static long wordHash(String text, int from, int to) {
    long hash = 0xCBF29CE484222325L;
    for (int i = from; i < to; i++) {
      hash = (hash ^ Character.toLowerCase(text.charAt(i))) * 0x100000001B3L;
    }
    return mix(hash);
  }

  /** 64 bits; equal texts give equal numbers in every process. */
  static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b) * 0x100000001B3L;
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
