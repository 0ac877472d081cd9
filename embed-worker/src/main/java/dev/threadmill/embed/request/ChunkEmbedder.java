package dev.threadmill.embed.request;

import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Brings claimed rows to an end: reuse, requests, writes. Holds no transaction while it asks. */
public final class ChunkEmbedder {
  private final Requests requests;
  private final InputLimit inputLimit;
  private final RowOutcomes rows;
  private final EmbedMeters meters;

  ChunkEmbedder(Requests requests, InputLimit inputLimit, RowOutcomes rows, EmbedMeters meters) {
    this.requests = requests;
    this.inputLimit = inputLimit;
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
    RowOutcomes.Sorted sorted = rows.sort(claimed, requests.model());
    Tally tally = Tally.claimed(claimed.size()).plus(sorted.done());
    var batch = new BatchEmbedding(requests, rows, inputLimit, stop);
    for (List<Input> request :
        RequestPlan.of(sorted.toSend(), inputLimit.inputs(), sorted.taken())) {
      tally = tally.plus(batch.send(request));
    }
    meters.rows(tally);
    return tally;
  }
}
