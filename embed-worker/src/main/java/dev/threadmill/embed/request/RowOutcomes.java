package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.DatabasePatience;
import dev.threadmill.embed.claim.EmbeddedChunk;
import dev.threadmill.embed.claim.SpareVectors;
import dev.threadmill.embed.claim.SpareVectors.Spare;
import dev.threadmill.embed.claim.TextsInFlight;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionOperations;

/** Writes what became of claimed rows, each time at once, and counts it. */
final class RowOutcomes {
  private final ChunkClaims claims;
  private final ChunkVectors vectors;
  private final TextsInFlight inFlight;
  private final SpareVectors spares;
  private final EmbeddingUsage usage;
  private final OpenBills openBills;
  private final Duration flight;
  private final TransactionOperations transaction;
  private final DatabasePatience patience;
  private final EmbedMeters meters;
  private final Traces traces;

  RowOutcomes(
      Tables tables,
      ClaimSettings settings,
      TransactionOperations transaction,
      DatabasePatience patience,
      EmbedMeters meters,
      Traces traces) {
    this.claims = tables.claims();
    this.vectors = tables.vectors();
    this.inFlight = tables.inFlight();
    this.spares = tables.spares();
    this.usage = tables.usage();
    this.openBills = new OpenBills(tables.usage(), transaction);
    this.flight = settings.flight();
    this.transaction = transaction;
    this.patience = patience;
    this.meters = meters;
    this.traces = traces;
  }

  /** Where outcomes are written. */
  record Tables(
      ChunkClaims claims,
      ChunkVectors vectors,
      TextsInFlight inFlight,
      SpareVectors spares,
      EmbeddingUsage usage) {}

  /**
   * Rows that are to be sent, after those of which the vector is known or on its way were seen to.
   *
   * @param toSend rows whose texts are this worker's to send
   * @param taken the hashes of these texts, and whether they may have been sent before
   */
  record Sorted(List<ClaimedChunk> toSend, Map<String, Boolean> taken, Tally done) {}

  Sorted sort(List<ClaimedChunk> claimed, EmbeddingModel model) {
    Map<String, Boolean> taken = patience.write(() -> inFlight.take(hashes(claimed), model));
    Set<Long> reused = writeOnce(claimed, () -> reuse(claimed, model));
    meters.ready(claimed.stream().filter(chunk -> reused.contains(chunk.id())).toList());
    List<ClaimedChunk> unknown =
        claimed.stream().filter(chunk -> !reused.contains(chunk.id())).toList();
    List<ClaimedChunk> toSend =
        unknown.stream().filter(chunk -> taken.containsKey(chunk.textHash())).toList();
    List<ClaimedChunk> onTheirWay =
        unknown.stream().filter(chunk -> !taken.containsKey(chunk.textHash())).toList();
    if (!onTheirWay.isEmpty()) {
      patience.write(() -> claims.postponeBehindOthers(onTheirWay, model, flight));
    }
    return new Sorted(
        toSend, taken, Tally.reused(reused.size()).plus(Tally.shared(onTheirWay.size())));
  }

  private Set<Long> reuse(List<ClaimedChunk> claimed, EmbeddingModel model) {
    Set<Long> ids = vectors.reuse(claimed, model);
    List<ClaimedChunk> reused = claimed.stream().filter(chunk -> ids.contains(chunk.id())).toList();
    if (!reused.isEmpty()) {
      inFlight.release(hashes(reused), model);
      usage.add(Bill.saved(reused), model.name());
    }
    return ids;
  }

  /** Vectors, the end of their flight and their price; the price alone where that is impossible. */
  Tally ready(List<Input> inputs, List<EmbeddedChunk> chunks, Bill bill, Space space) {
    Set<Long> written;
    try (var part = traces.begin("write vectors")) {
      part.with("threadmill.chunks", Integer.toString(chunks.size()));
      written = writeOnce(chunks(inputs), () -> write(inputs, chunks, bill, space));
    } catch (RuntimeException givenUp) {
      openBills.add(bill, space.model());
      throw givenUp;
    }
    openBills.settle();
    meters.ready(chunks(inputs).stream().filter(chunk -> written.contains(chunk.id())).toList());
    int firsts =
        (int)
            inputs.stream()
                .filter(input -> input.chunks().stream().anyMatch(c -> written.contains(c.id())))
                .count();
    return Tally.ready(firsts)
        .plus(Tally.reused(written.size() - firsts))
        .plus(Tally.superseded(chunks.size() - written.size()))
        .plus(Tally.paid(bill.tokens(), bill.costUsd()));
  }

  /**
   * In a transaction that is begun again where the database went away. If it did so at a commit,
   * this may have gone through: once more, it would book the price twice, or pay for rows that are
   * ready.
   */
  private Set<Long> writeOnce(List<ClaimedChunk> chunks, Supplier<Set<Long>> work) {
    var tried = new AtomicBoolean();
    return patience.write(
        () -> {
          if (tried.getAndSet(true)) {
            Set<Long> committed = vectors.readyUnder(chunks);
            if (!committed.isEmpty()) {
              return committed;
            }
          }
          return inTransaction(work);
        });
  }

  private Set<Long> write(List<Input> inputs, List<EmbeddedChunk> chunks, Bill bill, Space space) {
    EmbeddingModel model = space.model();
    Set<Long> ready = vectors.write(chunks, model, space.id());
    spares.keep(withoutRow(chunks, ready), model);
    inFlight.release(inputs.stream().map(Input::textHash).toList(), model);
    usage.add(bill.withRows(inputs, ready), model.name());
    return ready;
  }

  /** Paid vectors that no row took: each of their rows was edited or handed over meanwhile. */
  private static Collection<Spare> withoutRow(List<EmbeddedChunk> chunks, Set<Long> written) {
    Map<String, Spare> spares = new HashMap<>();
    for (EmbeddedChunk embedded : chunks) {
      String hash = embedded.chunk().textHash();
      spares.put(hash, new Spare(hash, embedded.vector(), embedded.remark()));
    }
    chunks.stream()
        .filter(embedded -> written.contains(embedded.chunk().id()))
        .forEach(embedded -> spares.remove(embedded.chunk().textHash()));
    return spares.values();
  }

  /** An answer that came but can't be used is billed all the same. */
  Tally paidForNothing(Bill bill, EmbeddingModel model) {
    patience.write(
        () ->
            inTransaction(
                () -> {
                  usage.add(bill.parts(), model.name());
                  return bill;
                }));
    return Tally.paid(bill.tokens(), bill.costUsd());
  }

  /** Prolongs the claim of rows and texts that are still under way. */
  void renew(List<ClaimedChunk> chunks, EmbeddingModel model) {
    patience.write(() -> claims.renew(chunks) + inFlight.renew(hashes(chunks), model));
  }

  /** A model and its number in the database. */
  record Space(EmbeddingModel model, int id) {}

  /**
   * @param sent whether the texts may have been embedded, and billed, without an answer
   */
  Tally postpone(List<Input> inputs, EmbeddingModel model, Duration after, boolean sent) {
    List<ClaimedChunk> chunks = chunks(inputs);
    patience.write(() -> claims.postpone(chunks, after));
    letGo(inputs, model, sent);
    return Tally.heldBack(chunks.size());
  }

  Tally retryOrFail(List<Input> inputs, EmbeddingModel model, String error) {
    Tally charged = retryOrFail(chunks(inputs), error);
    letGo(inputs, model, true);
    return charged;
  }

  /** Charges those of the rows that are still held. */
  Tally retryOrFail(List<ClaimedChunk> chunks, String error) {
    int failed = patience.write(() -> claims.retryOrFail(chunks, error));
    meters.failed(chunks, failed);
    meters.retried(chunks.size() - failed);
    return Tally.failed(failed).plus(Tally.heldBack(chunks.size() - failed));
  }

  Tally fail(List<Input> inputs, EmbeddingModel model, String error) {
    List<ClaimedChunk> chunks = chunks(inputs);
    int failed = patience.write(() -> claims.fail(chunks, error));
    meters.failed(chunks, failed);
    letGo(inputs, model, false);
    return Tally.failed(failed).plus(Tally.superseded(chunks.size() - failed));
  }

  private void letGo(List<Input> inputs, EmbeddingModel model, boolean sent) {
    List<String> hashes = inputs.stream().map(Input::textHash).toList();
    patience.write(
        () -> {
          if (sent) {
            inFlight.abandon(hashes, model);
          } else {
            inFlight.release(hashes, model);
          }
          return hashes.size();
        });
  }

  private <T> T inTransaction(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(status -> work.get()));
  }

  private static List<ClaimedChunk> chunks(List<Input> inputs) {
    return inputs.stream().flatMap(input -> input.chunks().stream()).toList();
  }

  private static Collection<String> hashes(List<ClaimedChunk> chunks) {
    return chunks.stream().map(ClaimedChunk::textHash).distinct().toList();
  }
}
