package dev.threadmill.embed.intake;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.Backlog;
import dev.threadmill.embed.claim.Backlog.Turn;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.DueWalk;
import dev.threadmill.embed.request.Lanes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Finds the rows that no event brings: never announced, due again after a back-off, left by a dead
 * worker. Projects take turns, as many batches each as their weight, so a flood in one delays no
 * other.
 */
final class Sweep implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Sweep.class);
  private static final int EXPIRED_AT_ONCE = 1000;

  private final ChunkClaims claims;
  private final Backlog backlog;
  private final Lanes lanes;
  private final ProviderGate gate;
  private final DailyCeiling ceiling;
  private final IntakeSettings settings;
  private final Turns turns = new Turns();

  /** Of projects with due rows. Lanes claim one after the other, so each has one user at a time. */
  private final Map<UUID, DueWalk> walks = new ConcurrentHashMap<>();

  private volatile @Nullable Thread thread;
  private boolean databaseAway;

  Sweep(
      ChunkClaims claims,
      Backlog backlog,
      Lanes lanes,
      ProviderGate gate,
      DailyCeiling ceiling,
      IntakeSettings settings) {
    this.claims = claims;
    this.backlog = backlog;
    this.lanes = lanes;
    this.gate = gate;
    this.ceiling = ceiling;
    this.settings = settings;
  }

  private void sweepForEver() {
    try {
      while (isRunning()) {
        // Several workers must not sweep in step.
        long millis = settings.sweepEvery().toMillis();
        Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis * 3 / 2));
        boolean moreIsDue = true;
        while (moreIsDue && isRunning()) {
          moreIsDue = sweepOnce();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean sweepOnce() throws InterruptedException {
    boolean moreIsDue = false;
    try {
      // First, for what expires is charged.
      lanes.putBackLeftBehind();
      takeBackExpired();
      moreIsDue = takeTurns();
      if (databaseAway) {
        log.info("PostgreSQL answers again");
      }
      databaseAway = false;
    } catch (RuntimeException failed) {
      say(failed);
    }
    return moreIsDue;
  }

  private void say(RuntimeException failed) {
    if (!DatabaseFailures.passes(failed)) {
      log.error("the sweep over waiting chunks failed", failed);
    } else if (DatabaseFailures.isAway(failed)) {
      if (!databaseAway) {
        log.warn("PostgreSQL does not answer; embedding waits for it");
      }
      databaseAway = true;
    }
  }

  private void takeBackExpired() {
    int expired = claims.takeBackExpired(EXPIRED_AT_ONCE);
    if (expired > 0) {
      log.warn("took back {} chunks whose worker let its lease run out", expired);
    }
  }

  /**
   * Claims for one project after the other, until all that is due is taken, or it is time to look
   * who else has rows.
   *
   * @return whether there is more to take at once
   */
  private boolean takeTurns() throws InterruptedException {
    if (gate.closed().isPresent() || !lanes.isRunning()) {
      return false;
    }
    List<Turn> due = backlog.projectsWithDueRows(ceiling.reached());
    turns.update(due);
    walks.keySet().retainAll(due.stream().map(Turn::projectId).collect(Collectors.toSet()));
    Set<UUID> exhausted = ConcurrentHashMap.newKeySet();
    long end = System.nanoTime() + settings.sweepEvery().toNanos();
    while (isRunning() && lanes.isRunning() && System.nanoTime() < end) {
      if (gate.closed().isPresent()) {
        return false;
      }
      Optional<UUID> project =
          turns.next(
              candidate -> exhausted.contains(candidate) || ceiling.reached().contains(candidate));
      if (project.isEmpty()) {
        return false;
      }
      submit(project.get(), exhausted);
    }
    return true;
  }

  private void submit(UUID project, Set<UUID> exhausted) throws InterruptedException {
    while (isRunning()) {
      var submitted =
          lanes.submit(() -> claim(project, exhausted), () -> false, Duration.ofSeconds(1));
      if (submitted.isPresent()) {
        return;
      }
    }
  }

  private List<ClaimedChunk> claim(UUID project, Set<UUID> exhausted) {
    try {
      DueWalk walk = walks.computeIfAbsent(project, id -> new DueWalk(claims, id));
      List<ClaimedChunk> claimed = walk.claim(settings.batchSize(), settings.grace());
      if (claimed.size() < settings.batchSize()) {
        exhausted.add(project);
      }
      return claimed;
    } catch (RuntimeException away) {
      exhausted.add(project);
      throw away;
    }
  }

  @Override
  public void start() {
    // Assigned before it starts, for it ends when it finds no thread there.
    Thread sweeping = Thread.ofVirtual().name("sweep").unstarted(this::sweepForEver);
    thread = sweeping;
    sweeping.start();
  }

  @Override
  public void stop() {
    thread = null;
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
