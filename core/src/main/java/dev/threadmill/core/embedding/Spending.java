package dev.threadmill.core.embedding;

import java.math.BigDecimal;
import java.util.UUID;

/**
 * What an answered request adds to the bill of one project. Only what is counted is set; the rest
 * is 0.
 *
 * @param inputs texts sent
 * @param tokens billed
 * @param reused rows that got the vector of an equal text
 * @param savedTokens what these would have cost
 * @param repeated inputs that may have been paid before
 * @param ready rows that got a vector in either way
 */
public record Spending(
    UUID projectId,
    long requests,
    long inputs,
    long tokens,
    BigDecimal costUsd,
    long reused,
    long savedTokens,
    long repeated,
    long ready) {

  public Spending plus(Spending other) {
    return new Spending(
        projectId,
        Math.max(requests, other.requests),
        inputs + other.inputs,
        tokens + other.tokens,
        costUsd.add(other.costUsd),
        reused + other.reused,
        savedTokens + other.savedTokens,
        repeated + other.repeated,
        ready + other.ready);
  }
}
