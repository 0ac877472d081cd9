package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.store.ConversationTable;
import dev.threadmill.ingest.store.Watermark.Listing;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.springframework.stereotype.Component;

/**
 * The reconciliation's walk over all display ids, known ones and gaps. A first sync with a horizon
 * left out what is older, on purpose: there it asks for what is stored only.
 */
@Component
class ConversationPass {
  private static final int AT_ONCE = 100;

  /** So many ids above the highest stored one are asked for, too. */
  private static final int ABOVE = 25;

  private final Comparison comparison;
  private final ConversationTable conversations;
  private final SyncLimits limits;

  ConversationPass(Comparison comparison, ConversationTable conversations, SyncLimits limits) {
    this.comparison = comparison;
    this.conversations = conversations;
    this.limits = limits;
  }

  /** What a pass that begins asks for. */
  Pass.Ids wanted(SourceRun run, Listing listing) {
    Instant horizon = listing.horizon();
    if (horizon == null) {
      return new Pass.Ids(0, 0, 0);
    }
    long gapsAbove = run.patiently(() -> conversations.belowNew(run.source(), horizon));
    long below = run.patiently(() -> conversations.countUpTo(run.source(), gapsAbove));
    return new Pass.Ids(gapsAbove, below, 0);
  }

  Pass advance(SourceRun run, Listing listing, Pass begun, double share, Pass.Keeper keeper)
      throws ChatwootException {
    Pass pass = begun;
    Pass.Ids ids = begun.ids() == null ? new Pass.Ids(0, 0, begun.conversation()) : begun.ids();
    long end = end(run);
    long left = left(ids, end, share);
    while (left > 0) {
      List<Long> batch = next(run, pass, ids, end, (int) Math.min(AT_ONCE, left));
      if (batch.isEmpty()) {
        break;
      }
      Pass.Found found = compareAll(run, listing, batch);
      ids = ids.plus(batch.size());
      pass = pass.conversations(batch.getLast(), ids, found);
      keeper.keep(pass);
      left -= batch.size();
    }
    return pass;
  }

  /** How many the run asks for. */
  private long left(Pass.Ids ids, long end, double share) {
    if (share >= 1) {
      return limits.reconcileAtOnce();
    }
    long all = ids.below() + Math.max(0, end - ids.gapsAbove());
    return Math.min(limits.reconcileAtOnce(), (long) (all * share) - ids.asked());
  }

  private List<Long> next(SourceRun run, Pass pass, Pass.Ids ids, long end, int limit) {
    long above = pass.conversation();
    if (above < ids.gapsAbove()) {
      List<Long> stored =
          run.patiently(() -> conversations.present(run.source(), above, ids.gapsAbove(), limit));
      if (!stored.isEmpty()) {
        return stored;
      }
    }
    long from = Math.max(above, ids.gapsAbove()) + 1;
    return LongStream.rangeClosed(from, Math.min(end, from + limit - 1)).boxed().toList();
  }

  private Pass.Found compareAll(SourceRun run, Listing listing, List<Long> ids)
      throws ChatwootException {
    var found = new Pass.Sum();
    try (Workers workers = new Workers(run.concurrency())) {
      for (long id : ids) {
        workers.start(
            () -> {
              Pass.Found one = compare(run, listing, id);
              found.add(one);
            });
      }
      workers.finish();
    }
    return found.found();
  }

  boolean isThrough(SourceRun run, Pass pass) {
    return pass.conversation() >= end(run);
  }

  private long end(SourceRun run) {
    long highest = run.patiently(() -> conversations.highest(run.source()));
    return highest == 0 ? 0 : highest + ABOVE;
  }

  private Pass.Found compare(SourceRun run, Listing listing, long id) throws ChatwootException {
    try {
      return comparison.heal(run, id, listing.horizon(), listing.settledUntil());
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.UNAUTHORIZED) {
        // A dead token throws here; else this conversation is not for this token's user.
        GoneConversations.requireHealthyToken(run);
      } else if (!Comparison.ofThisConversation(failure)) {
        throw failure;
      }
      return Pass.Found.unanswered();
    }
  }
}
