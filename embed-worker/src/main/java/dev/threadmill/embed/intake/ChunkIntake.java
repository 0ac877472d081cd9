package dev.threadmill.embed.intake;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.request.Lanes;
import dev.threadmill.embed.request.Tally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Claims and embeds rows that events announced. */
final class ChunkIntake {
  private final ChunkClaims claims;
  private final Lanes lanes;
  private final ProviderGate gate;
  private final DailyCeiling ceiling;
  private final IntakeSettings settings;
  private final Clock clock;

  ChunkIntake(
      ChunkClaims claims,
      Lanes lanes,
      ProviderGate gate,
      DailyCeiling ceiling,
      IntakeSettings settings,
      Clock clock) {
    this.claims = claims;
    this.lanes = lanes;
    this.gate = gate;
    this.ceiling = ceiling;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Returns when each of the rows is ready, failed or waits; those that wait are found by the
   * sweep, so their events are done with.
   *
   * @throws java.util.concurrent.CompletionException when the database can't be reached
   * @throws IllegalStateException when the worker stops: the events are another worker's then
   */
  void take(Collection<Long> chunkIds) throws InterruptedException {
    Instant end = clock.instant().plus(settings.pollPatience());
    BooleanSupplier late = () -> clock.instant().isAfter(end);
    List<Long> ids = List.copyOf(chunkIds);
    List<CompletableFuture<Tally>> underWay = new ArrayList<>();
    for (int from = 0; from < ids.size() && gate.closed().isEmpty(); ) {
      if (late.getAsBoolean()) {
        break;
      }
      List<Long> batch = ids.subList(from, Math.min(ids.size(), from + settings.batchSize()));
      var submitted =
          lanes.submit(() -> claims.claim(batch, ceiling.reached()), late, Duration.ofSeconds(1));
      if (submitted.isPresent()) {
        underWay.add(submitted.get());
        from += batch.size();
      }
    }
    underWay.forEach(CompletableFuture::join);
    if (!lanes.isRunning()) {
      throw new IllegalStateException(
          "the worker stops; another one takes the events that are left");
    }
  }
}
