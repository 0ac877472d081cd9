package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.EmbeddedChunk;
import java.time.Duration;
import java.util.List;

/** Writes what became of claimed rows, each time at once, and counts it. */
final class RowOutcomes {
  private final ChunkClaims claims;
  private final ChunkVectors vectors;
  private final DatabasePatience patience;

  RowOutcomes(ChunkClaims claims, ChunkVectors vectors, DatabasePatience patience) {
    this.claims = claims;
    this.vectors = vectors;
    this.patience = patience;
  }

  /** The rows that have no equal among the ready ones. */
  List<ClaimedChunk> withoutReusable(List<ClaimedChunk> chunks, EmbeddingModel model) {
    var reused = patience.write(() -> vectors.reuse(chunks, model));
    return chunks.stream().filter(chunk -> !reused.contains(chunk.id())).toList();
  }

  Tally ready(List<EmbeddedChunk> chunks, EmbeddingModel model) {
    int written = patience.write(() -> vectors.write(chunks, model));
    return Tally.ready(written).plus(Tally.superseded(chunks.size() - written));
  }

  Tally postpone(List<ClaimedChunk> chunks, Duration after) {
    patience.write(() -> claims.postpone(chunks, after));
    return Tally.heldBack(chunks.size());
  }

  Tally retryOrFail(List<ClaimedChunk> chunks, String error) {
    int failed = patience.write(() -> claims.retryOrFail(chunks, error));
    return Tally.failed(failed).plus(Tally.heldBack(chunks.size() - failed));
  }

  Tally fail(List<ClaimedChunk> chunks, String error) {
    int failed = patience.write(() -> claims.fail(chunks, error));
    return Tally.failed(failed).plus(Tally.superseded(chunks.size() - failed));
  }
}
