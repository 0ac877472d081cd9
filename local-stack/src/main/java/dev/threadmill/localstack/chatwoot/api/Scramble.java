package dev.threadmill.localstack.chatwoot.api;

/** Stands for the order of rows with equal sort keys: none, and another one for each query. */
final class Scramble {
  private Scramble() {}

  static long mix(long id, long salt) {
    long z = id * 0x9E3779B97F4A7C15L + salt * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return z ^ (z >>> 27);
  }
}
