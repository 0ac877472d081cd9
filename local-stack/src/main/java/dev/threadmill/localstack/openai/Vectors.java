package dev.threadmill.localstack.openai;

import java.nio.charset.StandardCharsets;

/**
 * Vectors of length 1 that depend on model and text only. Each word adds its own few directions, so
 * texts that share words are near; a little from the whole text makes every vector unique.
 */
final class Vectors {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int DIRECTIONS_PER_WORD = 32;
  private static final int DIRECTIONS_OF_TEXT = 8;
  private static final float TEXTURE = 0.02f;
  private static final float[] NOISE = noise();

  private Vectors() {}

  /** The first {@code width} numbers of the model's vector, scaled back to length 1. */
  static float[] of(String model, int nativeWidth, int width, String text) {
    long salt = hash(model);
    long whole = hash(text) ^ salt;
    float[] vector = texture(whole, nativeWidth);
    addDirections(vector, whole, DIRECTIONS_OF_TEXT);
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inWord = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
      if (inWord && start < 0) {
        start = i;
      } else if (!inWord && start >= 0) {
        addDirections(vector, salt ^ wordHash(text, start, i), DIRECTIONS_PER_WORD);
        start = -1;
      }
    }
    return unit(vector, width);
  }

  /** A cut out of the noise, which costs a copy instead of a random number per place. */
  private static float[] texture(long hash, int width) {
    float[] vector = new float[width];
    int start = (int) (hash >>> 48);
    System.arraycopy(NOISE, start, vector, 0, Math.min(width, NOISE.length - start));
    return vector;
  }

  private static float[] noise() {
    float[] noise = new float[(1 << 16) + 4096];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = ((mix(i * GOLDEN) >> 40) / (float) (1 << 23)) * TEXTURE;
    }
    return noise;
  }

  private static void addDirections(float[] vector, long seed, int count) {
    long state = seed;
    for (int i = 0; i < count; i++) {
      state += GOLDEN;
      long random = mix(state);
      int index = (int) (((random >>> 32) * vector.length) >>> 32);
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
