package dev.threadmill.embed.index;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.claim.VectorSpaces;
import dev.threadmill.embed.index.HnswIndexes.Builder;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Seals what was written since into HNSW indexes, in the background. Rows pay nothing for it: they
 * are compared exactly until their index is complete.
 */
final class IndexKeeper implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(IndexKeeper.class);

  private final VectorSegments segments;
  private final HnswIndexes indexes;
  private final IndexSettings settings;
  private final VectorSpaces spaces;
  private final EmbeddingModel model;
  private final Duration every;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Builder building;

  IndexKeeper(
      VectorSegments segments,
      HnswIndexes indexes,
      IndexSettings settings,
      VectorSpaces spaces,
      EmbeddingModel model,
      Duration every) {
    this.segments = segments;
    this.spaces = spaces;
    this.indexes = indexes;
    this.settings = settings;
    this.model = model;
    this.every = every;
  }

  private void keepForEver() {
    try {
      while (isRunning()) {
        Thread.sleep(every);
        try {
          keep();
        } catch (SQLException | RuntimeException failed) {
          if (isRunning()) {
            log.warn("an index could not be built now, it is tried again: {}", reason(failed));
            log.debug("what stopped it", failed);
          }
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() throws SQLException {
    if (!spaces.wanted().filter(model::equals).isPresent()) {
      // A worker of the former model must not retire what the others build.
      return;
    }
    try (Builder builder = indexes.tryLock()) {
      if (builder == null) {
        return;
      }
      building = builder;
      segments.retireUnused(model);
      clear(builder);
      for (FreshPart part : segments.freshParts(settings, model)) {
        var plan = SegmentPlan.of(part, settings);
        if (plan.isPresent() && isRunning()) {
          build(builder, plan.get());
        }
      }
    } finally {
      building = null;
    }
  }

  private void build(Builder builder, SegmentPlan plan) throws SQLException {
    long start = System.nanoTime();
    Segment segment = segments.begin(plan);
    builder.build(segment, plan.part().width());
    segments.finish(segment, plan.absorbed());
    log.info(
        "indexed {} vectors of project {} in {} s",
        plan.vectors(),
        segment.projectId(),
        Duration.ofNanos(System.nanoTime() - start).toSeconds());
    clear(builder);
  }

  private void clear(Builder builder) throws SQLException {
    for (Segment leftover : segments.leftovers()) {
      builder.drop(leftover);
      segments.remove(leftover);
    }
  }

  private static String reason(Exception failed) {
    return failed instanceof SQLException sql
        ? "SQL state " + sql.getSQLState()
        : failed.getClass().getSimpleName();
  }

  @Override
  public void start() {
    Thread keeping = Thread.ofVirtual().name("index-keeper").unstarted(this::keepForEver);
    thread = keeping;
    keeping.start();
  }

  @Override
  public void stop() {
    thread = null;
    Builder builder = building;
    if (builder != null) {
      builder.cancel();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
