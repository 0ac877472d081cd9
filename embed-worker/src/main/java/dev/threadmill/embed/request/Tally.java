package dev.threadmill.embed.request;

import java.math.BigDecimal;

/**
 * What became of claimed rows.
 *
 * @param ready rows with a new vector
 * @param reused rows that got the vector of an equal text
 * @param failed rows that ended without one
 * @param heldBack rows that wait again: a limit, an outage, a broken answer, a shutdown
 * @param shared rows that wait for the answer to an equal text that another request is sending
 * @param superseded rows that were edited or taken over while their text was under way
 * @param requests to the provider
 * @param tokens as the provider counted them, or estimated where it does not
 * @param costUsd by the price of the model
 */
public record Tally(
    int claimed,
    int ready,
    int reused,
    int failed,
    int heldBack,
    int shared,
    int superseded,
    int requests,
    long tokens,
    BigDecimal costUsd) {
  public static final Tally NOTHING = rows(0, 0, 0, 0, 0, 0, 0);

  public Tally plus(Tally other) {
    return new Tally(
        claimed + other.claimed,
        ready + other.ready,
        reused + other.reused,
        failed + other.failed,
        heldBack + other.heldBack,
        shared + other.shared,
        superseded + other.superseded,
        requests + other.requests,
        tokens + other.tokens,
        costUsd.add(other.costUsd));
  }

  static Tally claimed(int rows) {
    return rows(rows, 0, 0, 0, 0, 0, 0);
  }

  static Tally ready(int rows) {
    return rows(0, rows, 0, 0, 0, 0, 0);
  }

  static Tally reused(int rows) {
    return rows(0, 0, rows, 0, 0, 0, 0);
  }

  static Tally failed(int rows) {
    return rows(0, 0, 0, rows, 0, 0, 0);
  }

  static Tally heldBack(int rows) {
    return rows(0, 0, 0, 0, rows, 0, 0);
  }

  static Tally shared(int rows) {
    return rows(0, 0, 0, 0, 0, rows, 0);
  }

  static Tally superseded(int rows) {
    return rows(0, 0, 0, 0, 0, 0, rows);
  }

  static Tally request() {
    return new Tally(0, 0, 0, 0, 0, 0, 0, 1, 0, BigDecimal.ZERO);
  }

  static Tally paid(long tokens, BigDecimal costUsd) {
    return new Tally(0, 0, 0, 0, 0, 0, 0, 0, tokens, costUsd);
  }

  private static Tally rows(
      int claimed, int ready, int reused, int failed, int heldBack, int shared, int superseded) {
    return new Tally(
        claimed, ready, reused, failed, heldBack, shared, superseded, 0, 0, BigDecimal.ZERO);
  }
}
