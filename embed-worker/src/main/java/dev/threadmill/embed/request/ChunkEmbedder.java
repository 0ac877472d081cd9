package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Brings claimed rows to an end: reuse, requests, writes. Holds no transaction while it asks. */
public final class ChunkEmbedder {
  private final EmbeddingProvider provider;
  private final EmbeddingLimits limits;
  private final ProviderGate gate;
  private final RowOutcomes rows;
  private final EmbedMeters meters;

  ChunkEmbedder(
      EmbeddingProvider provider,
      EmbeddingLimits limits,
      ProviderGate gate,
      RowOutcomes rows,
      EmbedMeters meters) {
    this.provider = provider;
    this.limits = limits;
    this.gate = gate;
    this.rows = rows;
    this.meters = meters;
  }

  /**
   * Returns when each row is ready, failed or waits again.
   *
   * @param stop when true, no further request is sent and the remaining rows wait again
   */
  Tally embed(List<ClaimedChunk> claimed, BooleanSupplier stop) {
    if (claimed.isEmpty()) {
      return Tally.NOTHING;
    }
    List<ClaimedChunk> unknown = rows.withoutReusable(claimed, provider.model());
    Tally tally = Tally.claimed(claimed.size()).plus(Tally.reused(claimed.size() - unknown.size()));
    var batch = new BatchEmbedding(provider, gate, rows, meters, stop);
    for (List<Input> request : RequestPlan.of(unknown, limits)) {
      tally = tally.plus(batch.send(request));
    }
    meters.rows(tally);
    return tally;
  }
}
