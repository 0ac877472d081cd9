package dev.threadmill.core.database;

import java.util.function.Supplier;

/** Work in a transaction that the database may give up for another one. */
public final class Undisturbed {
  private static final int ATTEMPTS = 4;

  private Undisturbed() {}

  /** As {@link #get}. */
  public static void run(Runnable work) {
    get(
        () -> {
          work.run();
          return true;
        });
  }

  /**
   * Does it again where it was given up: that is no fault of what was worked on.
   *
   * @param work writes nothing but by its own transaction
   */
  public static <T> T get(Supplier<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.get();
      } catch (RuntimeException failure) {
        if (attempt == ATTEMPTS || !DatabaseFailures.isConflict(failure)) {
          throw failure;
        }
      }
    }
  }
}
