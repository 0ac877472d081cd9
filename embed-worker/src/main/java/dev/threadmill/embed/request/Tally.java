package dev.threadmill.embed.request;

/**
 * What became of claimed rows.
 *
 * @param ready rows with a new vector
 * @param reused rows that got the vector of an equal text
 * @param failed rows that ended without one
 * @param heldBack rows that wait again: a limit, an outage, a broken answer, a shutdown
 * @param superseded rows that were edited or taken over while their text was under way
 * @param requests to the provider
 */
public record Tally(
    int claimed, int ready, int reused, int failed, int heldBack, int superseded, int requests) {
  public static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0, 0);

  public Tally plus(Tally other) {
    return new Tally(
        claimed + other.claimed,
        ready + other.ready,
        reused + other.reused,
        failed + other.failed,
        heldBack + other.heldBack,
        superseded + other.superseded,
        requests + other.requests);
  }

  static Tally claimed(int rows) {
    return new Tally(rows, 0, 0, 0, 0, 0, 0);
  }

  static Tally ready(int rows) {
    return new Tally(0, rows, 0, 0, 0, 0, 0);
  }

  static Tally reused(int rows) {
    return new Tally(0, 0, rows, 0, 0, 0, 0);
  }

  static Tally failed(int rows) {
    return new Tally(0, 0, 0, rows, 0, 0, 0);
  }

  static Tally heldBack(int rows) {
    return new Tally(0, 0, 0, 0, rows, 0, 0);
  }

  static Tally superseded(int rows) {
    return new Tally(0, 0, 0, 0, 0, rows, 0);
  }

  static Tally request() {
    return new Tally(0, 0, 0, 0, 0, 0, 1);
  }
}
