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
    long estimated = Math.max(1, inputs.stream().mapToLong(Input::tokens).sum());
    long total = counted == null ? estimated : counted;
    Map<UUID, Spending> parts = new HashMap<>();
    long given = 0;
    long seen = 0;
    for (Input input : inputs) {
      seen += input.tokens();
      // Rounded on the running sum, so that the parts add up to the whole.
      long until = Math.round((double) total * seen / estimated);
      add(parts, input, until - given, prices, model);
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

  private static void add(
      Map<UUID, Spending> parts,
      Input input,
      long tokens,
      EmbeddingPrices prices,
      EmbeddingModel model) {
    Spending paid =
        new Spending(
            input.projectId(),
            1,
            1,
            tokens,
            prices.of(model, tokens),
            0,
            0,
            input.repeated() ? 1 : 0,
            1);
    parts.merge(input.projectId(), paid, Spending::plus);
    input.chunks().stream()
        .skip(1)
        .forEach(chunk -> parts.merge(chunk.projectId(), saved(chunk), Spending::plus));
  }

  private static Spending saved(ClaimedChunk chunk) {
    return new Spending(chunk.projectId(), 0, 0, 0, BigDecimal.ZERO, 1, chunk.tokens(), 0, 1);
  }
}
