package dev.threadmill.embed.request;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings claimed rows to an end: reuse, requests, writes. Holds no transaction while it asks. */
public final class ChunkEmbedder {
  private static final Logger log = LoggerFactory.getLogger(ChunkEmbedder.class);

  private final Requests requests;
  private final InputLimit inputLimit;
  private final RowOutcomes rows;
  private final ClaimSettings settings;
  private final EmbedMeters meters;

  ChunkEmbedder(
      Requests requests,
      InputLimit inputLimit,
      RowOutcomes rows,
      ClaimSettings settings,
      EmbedMeters meters) {
    this.requests = requests;
    this.inputLimit = inputLimit;
    this.rows = rows;
    this.settings = settings;
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
    Tally tally =
        Tally.claimed(claimed.size())
            .plus(
                contained(
                    () -> embedNow(claimed, stop), error -> rows.retryOrFail(claimed, error)));
    meters.rows(tally);
    return tally;
  }

  private Tally embedNow(List<ClaimedChunk> claimed, BooleanSupplier stop) {
    RowOutcomes.Sorted sorted = rows.sort(claimed, requests.model());
    Tally tally = sorted.done();
    var leases = new Leases(rows, sorted.toSend(), requests.model(), settings);
    var batch = new BatchEmbedding(requests, rows, inputLimit, leases, stop);
    for (List<Input> request :
        RequestPlan.of(sorted.toSend(), inputLimit.inputs(), sorted.taken())) {
      tally =
          tally.plus(
              contained(
                  () -> batch.send(request),
                  error -> rows.retryOrFail(request, requests.model(), error)));
    }
    return tally;
  }

  /**
   * What nobody foresaw is charged to the rows that it happened to: left claimed until their lease
   * ends, they would be paid again and again.
   */
  private static Tally contained(Supplier<Tally> work, Function<String, Tally> charge) {
    try {
      return work.get();
    } catch (RuntimeException unforeseen) {
      if (DatabaseFailures.passes(unforeseen) || Thread.currentThread().isInterrupted()) {
        throw unforeseen;
      }
      log.error("a batch of chunks failed unexpectedly", unforeseen);
      return charge.apply(
          "an unexpected error (" + unforeseen.getClass().getSimpleName() + "); the log says more");
    }
  }
}
