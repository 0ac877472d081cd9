package dev.threadmill.gateway.status;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the embedding of a project's chunks stands.
 *
 * @param model the wanted one; null before the first worker started
 * @param servingModel whose vectors answer searches; null before the first vector
 * @param waitingBecause why nothing is embedded now, in one sentence; null when nothing is wrong
 */
public record EmbeddingView(
    @Nullable String model,
    @Nullable String servingModel,
    @Nullable String waitingBecause,
    @Nullable Hold provider,
    Progress progress,
    Index index,
    @Nullable BigDecimal dailyCeilingUsd,
    List<Usage> today) {
  /**
   * Why all workers hold their requests back.
   *
   * @param kind {@code rate_limited}, {@code refused} or {@code unavailable}
   * @param until when it is tried again
   */
  public record Hold(String kind, String code, String reason, Instant until) {}

  /**
   * @param waiting chunks without a vector of the wanted model
   * @param rowsPerSecond as of late; a count that decays within a minute
   * @param secondsLeft null when nothing moves
   */
  public record Progress(long waiting, double rowsPerSecond, @Nullable Long secondsLeft) {}

  /**
   * @param indexed vectors in an HNSW index; none in a small project
   * @param fresh vectors that are compared exactly; 10,001 stands for more than 10,000
   * @param building null when no index is being built
   */
  public record Index(long segments, long indexed, long fresh, @Nullable Building building) {}

  /**
   * @param percent of the vectors of this build; null before it counts them
   */
  public record Building(long vectors, String phase, @Nullable Double percent) {}

  /** What a model cost on a day (UTC). */
  public record Usage(
      LocalDate day,
      String model,
      long requests,
      long inputs,
      long tokens,
      BigDecimal costUsd,
      long reused,
      long savedTokens,
      long repeated) {}
}
