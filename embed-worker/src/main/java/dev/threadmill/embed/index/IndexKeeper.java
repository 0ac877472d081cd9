package dev.threadmill.embed.index;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * Seals what was written since into HNSW indexes, in the background. Rows pay nothing for it: they
 * are compared exactly until their index is complete.
 */
final class IndexKeeper implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(IndexKeeper.class);

  private final VectorSegments segments;
  private final DataSource database;
  private final IndexSettings settings;
  private final EmbeddingModel model;
  private final Duration every;
  private volatile @Nullable Thread thread;
  private volatile @Nullable HnswIndexes building;

  IndexKeeper(
      VectorSegments segments,
      DataSource database,
      IndexSettings settings,
      EmbeddingModel model,
      Duration every) {
    this.segments = segments;
    this.database = database;
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
        } catch (SQLException | DataAccessException failed) {
          if (isRunning()) {
            log.warn("an index could not be built now, it is tried again: {}", reason(failed));
          }
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() throws SQLException {
    try (HnswIndexes indexes = HnswIndexes.tryLock(database, settings.memoryMegabytes())) {
      if (indexes == null) {
        return;
      }
      building = indexes;
      segments.retireUnused(model);
      clear(indexes);
      for (FreshPart part : segments.freshParts(settings.minVectors())) {
        var plan = SegmentPlan.of(part, settings);
        if (plan.isPresent() && isRunning()) {
          build(indexes, plan.get());
        }
      }
    } finally {
      building = null;
    }
  }

  private void build(HnswIndexes indexes, SegmentPlan plan) throws SQLException {
    long start = System.nanoTime();
    Segment segment = segments.begin(plan);
    indexes.build(segment, plan.part().width());
    segments.finish(segment, plan.absorbed());
    log.info(
        "indexed {} vectors of project {} in {} s",
        plan.vectors(),
        segment.projectId(),
        Duration.ofNanos(System.nanoTime() - start).toSeconds());
    clear(indexes);
  }

  private void clear(HnswIndexes indexes) throws SQLException {
    for (Segment leftover : segments.leftovers()) {
      indexes.drop(leftover);
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
    HnswIndexes indexes = building;
    if (indexes != null) {
      indexes.cancel();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
