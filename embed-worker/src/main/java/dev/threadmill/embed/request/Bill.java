package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.Spending;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who pays what of an answered request, whether or not its vectors are of use. The provider tells
 * one sum, so each text has the part of it that its estimate has of all estimates.
 */
record Bill(long tokens, BigDecimal costUsd, Collection<Spending> parts) {

  static Bill of(
      List<Input> inputs, @Nullable Long counted, EmbeddingPrices prices, EmbeddingModel model) {
    long estimated = Math.max(1, inputs.stream().mapToLong(Input::tokens).sum());
    long total = counted == null ? estimated : counted;
    Map<UUID, Spending> parts = new HashMap<>();
    long given = 0;
    long seen = 0;
    for (Input input : inputs) {
      seen += input.tokens();
      // Rounded on the running sum, so that the parts add up to the whole.
      long until = Math.round((double) total * seen / estimated);
      BigDecimal cost = prices.of(model, until - given);
      parts.merge(input.projectId(), paid(input, until - given, cost), Spending::plus);
      given = until;
    }
    return new Bill(total, prices.of(model, total), parts.values());
  }

  /** The parts, and the rows that took the vectors; all but the first of a text save its price. */
  Collection<Spending> withRows(List<Input> inputs, Set<Long> written) {
    Map<UUID, Spending> all = new HashMap<>();
    parts.forEach(part -> all.put(part.projectId(), part));
    for (Input input : inputs) {
      for (ClaimedChunk chunk : input.chunks()) {
        if (written.contains(chunk.id())) {
          boolean pays = chunk == input.chunks().getFirst();
          all.merge(chunk.projectId(), pays ? ready(chunk) : saved(chunk), Spending::plus);
        }
      }
    }
    return all.values();
  }

  /** Rows that got a vector which had been paid before. */
  static Collection<Spending> saved(Collection<ClaimedChunk> reused) {
    Map<UUID, Spending> parts = new HashMap<>();
    for (ClaimedChunk chunk : reused) {
      parts.merge(chunk.projectId(), saved(chunk), Spending::plus);
    }
    return parts.values();
  }

  private static Spending paid(Input input, long tokens, BigDecimal cost) {
    return new Spending(input.projectId(), 1, 1, tokens, cost, 0, 0, input.repeated() ? 1 : 0, 0);
  }

  private static Spending ready(ClaimedChunk chunk) {
    return new Spending(chunk.projectId(), 0, 0, 0, BigDecimal.ZERO, 0, 0, 0, 1);
  }

  private static Spending saved(ClaimedChunk chunk) {
    return new Spending(chunk.projectId(), 0, 0, 0, BigDecimal.ZERO, 1, chunk.tokens(), 0, 1);
  }
}
