package dev.threadmill.bench.micro;

/** A wrong result's time is worth nothing. */
final class Checks {
  private Checks() {}

  static void require(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalStateException(otherwise);
    }
  }
}
