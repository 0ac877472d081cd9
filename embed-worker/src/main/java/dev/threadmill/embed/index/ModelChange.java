package dev.threadmill.embed.index;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.budget.ProviderGate.Closed;
import dev.threadmill.embed.claim.Backlog;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.SpareVectors;
import dev.threadmill.embed.claim.TextsInFlight;
import dev.threadmill.embed.claim.VectorSpaces;
import dev.threadmill.embed.claim.VectorSpaces.Outdated;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * After the configured model changed: lets the rows of each project wait for the new vectors, a few
 * thousand at a time, and gives its searches to the new model when they are complete. Until then
 * they use the old vectors; the two are never compared.
 */
final class ModelChange implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ModelChange.class);
  private static final int AT_ONCE = 2000;

  /** Until workers with another model have seen that they are to wait; they would take the rows. */
  private static final int ROUNDS_OF_OTHERS = 2;

  private static final Duration FORGET_EVERY = Duration.ofHours(1);

  /** A look at each project; what this worker itself brought about is seen to in the same round. */
  private static final Duration CLEAR_EVERY = Duration.ofSeconds(30);

  private static final Duration REFUSED_FOR = Duration.ofSeconds(10);

  private final EmbeddingModel model;
  private final VectorSpaces spaces;
  private final ChunkClaims claims;
  private final Backlog backlog;
  private final Housekeeping rest;
  private final Duration every;
  private volatile @Nullable Thread thread;
  private volatile boolean said;
  private long saidAt;
  private long forgetAt = System.nanoTime();
  private long clearAt = System.nanoTime();

  /** When a project was last found to have too many failed rows. */
  private final Map<UUID, Long> refused = new HashMap<>();

  ModelChange(
      EmbeddingModel model,
      VectorSpaces spaces,
      ChunkClaims claims,
      Backlog backlog,
      Housekeeping rest,
      Duration every) {
    this.model = model;
    this.spaces = spaces;
    this.claims = claims;
    this.backlog = backlog;
    this.rest = rest;
    this.every = every;
  }

  /** What else is looked after in the same round. */
  record Housekeeping(ProviderGate gate, TextsInFlight inFlight, SpareVectors spares) {}

  private void changeForEver() {
    try {
      while (isRunning()) {
        try {
          change();
        } catch (RuntimeException failed) {
          if (DatabaseFailures.passes(failed)) {
            log.debug("the database does not answer; tried again", failed);
          } else {
            log.error("the change to another model stopped; tried again", failed);
          }
        }
        Thread.sleep(every);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void change() {
    if (!said) {
      spaces.want(model);
      said = true;
      saidAt = System.nanoTime();
    }
    String wanted = spaces.wanted().map(EmbeddingModel::name).orElse(model.name());
    boolean ours = wanted.equals(model.name());
    rest.gate().pause(ours ? null : otherModel(wanted));
    if (!ours) {
      clearAt = System.nanoTime();
      return;
    }
    spaces.begin(model);
    if (System.nanoTime() - saidAt >= every.multipliedBy(ROUNDS_OF_OTHERS).toNanos()) {
      requeue();
    }
    for (Outdated project : spaces.outdated(model)) {
      change(project.projectId());
    }
    if (System.nanoTime() - clearAt >= 0) {
      clearAt = System.nanoTime() + (clear() ? Duration.ZERO : CLEAR_EVERY).toNanos();
    }
    if (System.nanoTime() >= forgetAt) {
      rest.inFlight().forgetOld();
      rest.spares().forgetOld();
      forgetAt = System.nanoTime() + FORGET_EVERY.toNanos();
    }
  }

  /** One that is complete, but of which too much failed, waits for a person. */
  private void change(UUID project) {
    long now = System.nanoTime();
    if (now - refused.getOrDefault(project, now - REFUSED_FOR.toNanos()) < REFUSED_FOR.toNanos()
        || !spaces.isComplete(project, model)) {
      return;
    }
    refused.remove(project);
    if (spaces.switchIfComplete(project, model)) {
      log.info("project {} is searched with {} now", project, model.name());
      clearAt = System.nanoTime();
    } else {
      refused.put(project, now);
    }
  }

  /**
   * Deletes vectors that no search will need.
   *
   * @return whether there may be more
   */
  private boolean clear() {
    boolean more = false;
    for (Outdated former : spaces.abandoned(model)) {
      more |= spaces.forget(former.projectId(), former.modelId(), AT_ONCE) == AT_ONCE;
    }
    return more;
  }

  private void requeue() {
    for (UUID project : spaces.withOtherModels(model)) {
      if (!backlog.hasPending(project, AT_ONCE)) {
        claims.requeueOtherModels(project, model, AT_ONCE);
      }
    }
  }

  private static Closed otherModel(String wanted) {
    return new Closed(
        Kind.REFUSED,
        ProviderGate.OTHER_MODEL,
        "a worker that was started later embeds with "
            + wanted
            + "; this one waits, for two models would undo each other's work",
        Duration.ofSeconds(10));
  }

  @Override
  public void start() {
    Thread changing = Thread.ofVirtual().name("model-change").unstarted(this::changeForEver);
    said = false;
    thread = changing;
    changing.start();
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
