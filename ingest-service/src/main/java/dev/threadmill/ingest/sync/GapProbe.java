package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.store.ConversationTable;
import dev.threadmill.ingest.store.ErasedTable;
import dev.threadmill.ingest.store.UnansweredTable;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Asks one by one for the conversations that no page showed although the server counts them: pages
 * that fail hide some, and so does an order without a tie-break. Display ids come from one sequence
 * of the account, so each missing one is a gap in what is stored, or lies just above it.
 */
@Component
class GapProbe {
  /** So many ids above the highest known one are tried before there is taken to be none. */
  private static final int ABOVE = 100;

  /** Among so many ids unknown ones are looked for at once. */
  private static final int IDS_AT_ONCE = 10_000;

  private final ConversationTable conversations;
  private final UnansweredTable unanswered;
  private final ErasedTable erased;
  private final ConversationLookup lookup;
  private final SyncLimits limits;

  GapProbe(
      ConversationTable conversations,
      UnansweredTable unanswered,
      ErasedTable erased,
      ConversationLookup lookup,
      SyncLimits limits) {
    this.conversations = conversations;
    this.unanswered = unanswered;
    this.erased = erased;
    this.lookup = lookup;
    this.limits = limits;
  }

  /** Whether as many conversations are known as the server counts. */
  boolean finds(SourceRun run, long counted) {
    return run.patiently(
        () ->
            conversations.countPresent(run.source())
                    + unanswered.countUnknown(run.source())
                    + erased.countShown(run.source())
                >= counted);
  }

  /**
   * Looks for missing conversations, with as many requests as one run may take.
   *
   * @param horizon what did not change since then is left out, and so are the gaps below what was
   *     created since; null: nothing is
   * @param before up to which display id it was asked already; null or zero: not at all
   * @param counted how many conversations are enough to end; null: no number is
   * @return up to which id it was asked; empty when nothing is missing any more
   */
  OptionalLong fill(
      SourceRun run, @Nullable Instant horizon, @Nullable Long before, @Nullable Long counted)
      throws ChatwootException {
    boolean begins = before == null || before == 0;
    long probed = !begins ? before : horizon == null ? 0 : belowNew(run, horizon);
    for (int left = limits.rows(); left > 0; ) {
      if (counted != null && finds(run, counted)) {
        return OptionalLong.empty();
      }
      long from = probed;
      long end = run.patiently(() -> conversations.highest(run.source())) + ABOVE;
      long to = Math.min(end, from + IDS_AT_ONCE);
      int limit = Math.min(left, ABOVE);
      List<Long> gaps = run.patiently(() -> conversations.unknown(run.source(), from, to, limit));
      if (gaps.isEmpty() && to == end) {
        return OptionalLong.empty();
      }
      lookup.lookAll(run, gaps, horizon);
      probed = gaps.isEmpty() ? to : gaps.getLast();
      left -= gaps.size();
    }
    return OptionalLong.of(probed);
  }

  private long belowNew(SourceRun run, Instant horizon) {
    return run.patiently(() -> conversations.belowNew(run.source(), horizon));
  }
}
