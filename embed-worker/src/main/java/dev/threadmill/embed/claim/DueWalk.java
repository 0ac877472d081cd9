package dev.threadmill.embed.claim;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Claims a project's due rows batch by batch, each behind the one before. In front of it lie index
 * entries of rows that were claimed since: while an older snapshot is open (a backup's, an index
 * build's), PostgreSQL can't clear them away, and a claim from the start visits all of them again.
 * What was passed over, because it was locked or committed late, is found when the walk begins
 * anew: when a claim comes back short, and every minute. Used by one thread at a time.
 */
public final class DueWalk {
  private static final Duration ANEW = Duration.ofMinutes(1);

  private final ChunkClaims claims;
  private final UUID projectId;
  private Place behind = Place.START;
  private long begunAt = System.nanoTime();

  public DueWalk(ChunkClaims claims, UUID projectId) {
    this.claims = claims;
    this.projectId = projectId;
  }

  /** A row's place in the order in which rows are claimed. */
  record Place(OffsetDateTime dueAt, long id) {
    /** The driver makes {@code -infinity} of it. */
    static final Place START = new Place(OffsetDateTime.MIN, 0);
  }

  record Due(ClaimedChunk chunk, Place place) {}

  /**
   * Claims rows that are due, the longest due first, but for those that were passed over.
   *
   * @param grace how long rows that nobody ever claimed are left to their events
   * @return fewer than the limit only where no more are due
   */
  public List<ClaimedChunk> claim(int limit, Duration grace) {
    if (System.nanoTime() - begunAt >= ANEW.toNanos()) {
      beginAnew();
    }
    boolean fromTheStart = behind == Place.START;
    List<ClaimedChunk> claimed = new ArrayList<>(next(limit, grace));
    if (claimed.size() < limit && !fromTheStart) {
      beginAnew();
      claimed.addAll(next(limit - claimed.size(), grace));
    }
    if (claimed.size() < limit) {
      beginAnew();
    }
    claimed.sort(comparingLong(ClaimedChunk::id));
    return claimed;
  }

  private List<ClaimedChunk> next(int limit, Duration grace) {
    List<Due> due = claims.claimDue(projectId, behind, limit, grace);
    behind =
        due.stream()
            .map(Due::place)
            .max(comparing(Place::dueAt).thenComparingLong(Place::id))
            .orElse(behind);
    return due.stream().map(Due::chunk).toList();
  }

  private void beginAnew() {
    behind = Place.START;
    begunAt = System.nanoTime();
  }
}
