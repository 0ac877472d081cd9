package dev.threadmill.gateway.deadletters;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a wish to send dead letters again.
 *
 * @param dryRun true: nothing was sent, and {@code replayed} are those that would have been
 * @param replayed ids of those that were sent again
 * @param failed ids of those that the broker did not take; they may be tried again
 * @param unknown ids that were named and lie nowhere, or in another project
 * @param skippedReplayed how many were left out because they were sent again before
 * @param skippedLooping how many were left out because they came back too often
 * @param skippedUnusable how many were left out because they are no valid events
 * @param nextCursor to go on with; null when all were looked at
 */
public record Replay(
    boolean dryRun,
    List<String> replayed,
    List<String> failed,
    List<String> unknown,
    int skippedReplayed,
    int skippedLooping,
    int skippedUnusable,
    @Nullable String nextCursor) {

  /** Counts while it goes on. */
  static final class Tally {
    final List<LetterId> replayed = new ArrayList<>();
    final List<LetterId> failed = new ArrayList<>();
    final List<LetterId> unknown = new ArrayList<>();
    int skippedReplayed;
    int skippedLooping;
    int skippedUnusable;

    int done() {
      return replayed.size() + failed.size();
    }

    Replay sum(boolean dryRun, @Nullable String nextCursor) {
      return new Replay(
          dryRun,
          texts(replayed),
          texts(failed),
          texts(unknown),
          skippedReplayed,
          skippedLooping,
          skippedUnusable,
          nextCursor);
    }

    private static List<String> texts(List<LetterId> ids) {
      return ids.stream().map(LetterId::toString).toList();
    }
  }
}
