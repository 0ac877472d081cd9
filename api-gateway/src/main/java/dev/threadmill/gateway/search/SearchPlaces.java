package dev.threadmill.gateway.search;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Places for searches that read at the same time. Each may hold a connection to the database for
 * seconds, so they get half of those that {@code DATABASE_POOL_SIZE} allows, and the searches of
 * one project a quarter, two at least: the others' status must not wait for them. Whoever finds no
 * place waits a while; so short a queue goes by before anybody notices it.
 */
@Component
class SearchPlaces {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Semaphore places;
  private final int placesOfOne;
  private final Map<UUID, OfProject> projects = new ConcurrentHashMap<>();

  SearchPlaces(Settings settings) {
    int connections = settings.integer("DATABASE_POOL_SIZE", 10, 2, 1000);
    int most = connections / 2;
    this.places = new Semaphore(most, true);
    this.placesOfOne = Math.min(most, Math.max(2, connections / 4));
  }

  /**
   * The places of a project.
   *
   * @param searches that have one of them or wait for it; it is forgotten with the last of them
   */
  private record OfProject(Semaphore places, int searches) {}

  /**
   * Reads once there is a place.
   *
   * @throws ApiProblem when there is none in time
   */
  <T> T within(UUID project, Supplier<T> reading) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Semaphore own = enter(project);
    try {
      // First those of the project: who waits for one of them takes none from the others.
      return holding(own, end, () -> holding(places, end, reading));
    } finally {
      leave(project);
    }
  }

  /**
   * Reads on another thread and connection, for a search that has a place, if there is another one;
   * as many as one project may have are always left for others.
   */
  <T> Optional<CompletableFuture<T>> beside(Supplier<T> reading) {
    if (places.availablePermits() <= placesOfOne || !places.tryAcquire()) {
      return Optional.empty();
    }
    Supplier<T> carried = Traces.carried(reading);
    return Optional.of(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return carried.get();
              } finally {
                places.release();
              }
            },
            Thread::startVirtualThread));
  }

  private static <T> T holding(Semaphore places, long end, Supplier<T> reading) {
    take(places, end);
    try {
      return reading.get();
    } finally {
      places.release();
    }
  }

  private static void take(Semaphore places, long end) {
    try {
      if (places.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    throw new ApiProblem(
        ProblemCode.TOO_MANY_SEARCHES,
        "Too many searches are under way, of this project or of all; try again in some seconds.",
        PATIENCE);
  }

  private Semaphore enter(UUID project) {
    return Objects.requireNonNull(
            projects.compute(
                project,
                (id, known) ->
                    known == null
                        ? new OfProject(new Semaphore(placesOfOne, true), 1)
                        : new OfProject(known.places(), known.searches() + 1)))
        .places();
  }

  private void leave(UUID project) {
    projects.computeIfPresent(
        project,
        (id, known) ->
            known.searches() == 1 ? null : new OfProject(known.places(), known.searches() - 1));
  }
}
