package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.store.ConversationTable;
import dev.threadmill.ingest.store.Watermark.Listing;
import org.springframework.stereotype.Component;

/** The reconciliation's walk over all display ids, known ones and gaps. */
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

  /** Where a pass begins: a first sync with a horizon left out what is older, on purpose. */
  long first(SourceRun run, Listing listing) {
    return listing.horizon() == null
        ? 0
        : Math.max(0, run.patiently(() -> conversations.ids(run.source()).lowest()) - 1);
  }

  Pass advance(SourceRun run, Listing listing, Pass begun, double share, Pass.Keeper keeper)
      throws ChatwootException {
    Pass pass = begun;
    long end = Math.min((long) (end(run) * share), pass.conversation() + limits.reconcileAtOnce());
    while (pass.conversation() < end) {
      long from = pass.conversation() + 1;
      long to = Math.min(end, from + AT_ONCE - 1);
      var found = new Pass.Sum();
      try (Workers workers = new Workers(run.concurrency())) {
        for (long id = from; id <= to; id++) {
          long each = id;
          workers.start(
              () -> {
                Pass.Found one = compare(run, listing, each);
                found.add(one);
              });
        }
        workers.finish();
      }
      pass = pass.conversations(to, found.found());
      keeper.keep(pass);
    }
    return pass;
  }

  boolean isThrough(SourceRun run, Pass pass) {
    return pass.conversation() >= end(run);
  }

  private long end(SourceRun run) {
    long highest = run.patiently(() -> conversations.ids(run.source()).highest());
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
