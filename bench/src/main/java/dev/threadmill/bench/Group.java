package dev.threadmill.bench;

/** Scenarios that belong together: {@code make bench ONLY=<name>}. */
public interface Group {
  String name();

  /** Whether it takes too long to run with all others. */
  default boolean onlyByName() {
    return false;
  }

  /**
   * Measures, checks each result before it counts, and reports it.
   *
   * @throws IllegalStateException when a result is wrong: then its time is worth nothing
   */
  void run(BenchServers servers, Report report) throws Exception;
}
