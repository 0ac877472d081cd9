package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.store.Watermark.Listing;
import dev.threadmill.ingest.store.WatermarkTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Compares everything stored with what the account shows, a slice in each run: hard deletions leave
 * no tombstone, contact edits move no time, and some ways of writing move none either. It goes by
 * ids, since every list can hide something, and it takes as long as the settings say: a run does
 * the share of the pass that its time is past.
 */
@Component
class Reconciliation {
  private static final String MEMORY = "reconciliation";

  private final ConversationPass conversations;
  private final ContactPass contacts;
  private final WatermarkTable watermarks;
  private final SyncLimits limits;
  private final Clock clock;

  Reconciliation(
      ConversationPass conversations,
      ContactPass contacts,
      WatermarkTable watermarks,
      SyncLimits limits,
      Clock clock) {
    this.conversations = conversations;
    this.contacts = contacts;
    this.watermarks = watermarks;
    this.limits = limits;
    this.clock = clock;
  }

  Pass memory(SourceRun run) {
    return run.patiently(() -> watermarks.part(run.source(), MEMORY, Pass.class).orElse(Pass.NONE));
  }

  /** Does the share of this run. */
  void slice(SourceRun run, Listing listing) throws ChatwootException {
    // Before everything was listed once there is nothing to compare.
    if (limits.reconcileAtOnce() == 0 || !listing.pagesAreThrough()) {
      return;
    }
    Instant now = clock.instant();
    Pass remembered = memory(run);
    Pass begun = remembered;
    if (begun.startedAt() == null) {
      if (tooEarly(begun, now)) {
        return;
      }
      begun = begun.begin(now, conversations.wanted(run, listing), contacts.all(run));
    }
    double share = share(begun, now);
    Pass.Keeper keeper = pass -> remember(run, pass);
    if (begun != remembered) {
      keeper.keep(begun);
    }
    Pass pass = conversations.advance(run, listing, begun, share, keeper);
    pass = contacts.advance(run, pass, share, keeper);
    if (share >= 1 && conversations.isThrough(run, pass) && contacts.isThrough(run, pass)) {
      keeper.keep(pass.finish(clock.instant()));
    }
  }

  private boolean tooEarly(Pass between, Instant now) {
    return between.last() != null
        && now.isBefore(between.last().startedAt().plus(limits.reconcileWithin()));
  }

  /** How much of the pass should be done by now, from 0 to 1. */
  private double share(Pass pass, Instant now) {
    Instant started = pass.startedAt() == null ? now : pass.startedAt();
    Duration whole = limits.reconcileWithin();
    return whole.isZero()
        ? 1
        : Math.min(1, (double) Duration.between(started, now).toMillis() / whole.toMillis());
  }

  private void remember(SourceRun run, Pass pass) {
    run.patiently(() -> watermarks.remember(run.source(), MEMORY, pass));
  }
}
