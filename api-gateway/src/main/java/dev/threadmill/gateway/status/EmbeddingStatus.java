package dev.threadmill.gateway.status;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.status.EmbeddingView.Hold;
import dev.threadmill.gateway.status.EmbeddingView.Progress;
import dev.threadmill.gateway.status.EmbeddingView.Usage;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts together how the embedding of a project stands, and why it waits. */
@Component
class EmbeddingStatus {
  private static final double STANDING_STILL = 0.001;

  private final EmbeddingTables tables;
  private final ProviderHolds holds;
  private final EmbeddingProvider provider;
  private final @Nullable BigDecimal ceilingUsd;

  EmbeddingStatus(
      EmbeddingTables tables, ProviderHolds holds, EmbeddingProvider provider, Settings settings) {
    this.tables = tables;
    this.holds = holds;
    this.provider = provider;
    this.ceilingUsd = DailyCeiling.usd(settings);
  }

  /**
   * @param waiting chunks that have no vector of the wanted model yet
   * @param failed chunks that ended without one
   */
  EmbeddingView of(UUID projectId, long waiting, long failed) {
    var models = tables.models(projectId);
    Hold hold = holds.of(provider).orElse(null);
    var lately = tables.lately(projectId);
    double rate = lately.rowsPerSecond();
    return new EmbeddingView(
        models.wanted(),
        models.serving(),
        waiting == 0 ? heldUpChange(models, failed) : reason(hold, lately.today()),
        hold,
        new Progress(
            waiting,
            Math.round(rate * 100) / 100.0,
            rate > STANDING_STILL ? (Long) (long) Math.ceil(waiting / rate) : null),
        models.index(),
        ceilingUsd,
        lately.today());
  }

  List<Usage> usage(UUID projectId, int days) {
    return tables.usage(projectId, days);
  }

  /** Nothing waits, and yet the wanted model does not answer the searches. */
  private static @Nullable String heldUpChange(EmbeddingTables.Models models, long failed) {
    String serving = models.serving();
    String wanted = models.wanted();
    if (failed == 0 || serving == null || wanted == null || serving.equals(wanted)) {
      return null;
    }
    return failed
        + " chunks failed with "
        + wanted
        + ", so searches still use "
        + serving
        + "; solve what their errors say, then POST /jobs/embeddings/retry-failed";
  }

  private @Nullable String reason(@Nullable Hold hold, List<Usage> today) {
    BigDecimal spent = today.stream().map(Usage::costUsd).reduce(BigDecimal.ZERO, BigDecimal::add);
    if (ceilingUsd != null && spent.compareTo(ceilingUsd) >= 0) {
      return "the project has spent its daily ceiling of "
          + ceilingUsd.toPlainString()
          + " USD; its rows go on at 00:00 UTC";
    }
    return hold == null ? null : hold.reason();
  }
}
