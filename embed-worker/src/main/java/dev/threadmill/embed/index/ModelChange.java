package dev.threadmill.embed.index;

import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.budget.ProviderGate.Closed;
import dev.threadmill.embed.claim.Backlog;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.TextsInFlight;
import dev.threadmill.embed.claim.VectorSpaces;
import dev.threadmill.embed.claim.VectorSpaces.Outdated;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * After the configured model changed: lets the rows of each project wait for the new vectors, a few
 * thousand at a time, and gives its searches to the new model when they are complete. Until then
 * they use the old vectors; the two are never compared.
 */
final class ModelChange implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ModelChange.class);
  private static final int AT_ONCE = 2000;

  private final EmbeddingModel model;
  private final VectorSpaces spaces;
  private final ChunkClaims claims;
  private final Backlog backlog;
  private final Housekeeping rest;
  private final Duration every;
  private volatile @Nullable Thread thread;
  private volatile boolean said;

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
  record Housekeeping(ProviderGate gate, TextsInFlight inFlight) {}

  private void changeForEver() {
    try {
      while (isRunning()) {
        try {
          change();
        } catch (DataAccessException away) {
          log.debug("the database does not answer; tried again", away);
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
    }
    String wanted = spaces.wanted().map(EmbeddingModel::name).orElse(model.name());
    boolean ours = wanted.equals(model.name());
    rest.gate().pause(ours ? null : otherModel(wanted));
    if (!ours) {
      return;
    }
    spaces.begin(model);
    for (Outdated project : spaces.outdated(model)) {
      if (backlog.pending(project.projectId()) < AT_ONCE) {
        claims.requeueOtherModels(project.projectId(), model, AT_ONCE);
      }
      if (spaces.switchIfComplete(project.projectId(), model)) {
        log.info("project {} is searched with {} now", project.projectId(), model.name());
      }
    }
    for (Outdated former : spaces.abandoned(model)) {
      spaces.forget(former.projectId(), former.modelId(), AT_ONCE);
    }
    rest.inFlight().forgetOld();
  }

  private static Closed otherModel(String wanted) {
    return new Closed(
        Kind.REFUSED,
        "other_model",
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
