package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.embed.budget.Spending;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who pays what of an answered request. The provider tells one sum, so each text has the part of it
 * that its estimate has of all estimates.
 */
record Bill(long tokens, BigDecimal costUsd, Collection<Spending> parts) {

  static Bill of(
      List<Input> inputs, @Nullable Long counted, EmbeddingPrices prices, EmbeddingModel model) {
    return of(inputs, counted, prices, model, true);
  }

  /** Of an answer that came, and is billed, but can't be used. */
  static Bill forNothing(List<Input> inputs, EmbeddingPrices prices, EmbeddingModel model) {
    return of(inputs, null, prices, model, false);
  }

  private static Bill of(
      List<Input> inputs,
      @Nullable Long counted,
      EmbeddingPrices prices,
      EmbeddingModel model,
      boolean used) {
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
      parts.merge(input.projectId(), paid(input, until - given, cost, used), Spending::plus);
      if (used) {
        input.chunks().stream()
            .skip(1)
            .forEach(chunk -> parts.merge(chunk.projectId(), saved(chunk), Spending::plus));
      }
      given = until;
    }
    return new Bill(total, prices.of(model, total), parts.values());
  }

  /** Rows that got a vector which had been paid before. */
  static Collection<Spending> saved(Collection<ClaimedChunk> reused) {
    Map<UUID, Spending> parts = new HashMap<>();
    for (ClaimedChunk chunk : reused) {
      parts.merge(chunk.projectId(), saved(chunk), Spending::plus);
    }
    return parts.values();
  }

  private static Spending paid(Input input, long tokens, BigDecimal cost, boolean used) {
    return new Spending(
        input.projectId(), 1, 1, tokens, cost, 0, 0, input.repeated() ? 1 : 0, used ? 1 : 0);
  }

  private static Spending saved(ClaimedChunk chunk) {
    return new Spending(chunk.projectId(), 0, 0, 0, BigDecimal.ZERO, 1, chunk.tokens(), 0, 1);
  }
}
