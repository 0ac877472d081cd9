package dev.threadmill.localstack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Starts and stops members together, and says how it goes. */
final class Crew {

  private static final Duration REPORT_EVERY = Duration.ofSeconds(5);

  private final ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor();
  private final Consumer<String> progress;

  Crew(Consumer<String> progress) {
    this.progress = progress;
  }

  /**
   * Starts them at the same time and returns when all are ready.
   *
   * @throws IllegalStateException as soon as one fails; the others may be on their way still
   */
  void start(List<Member> members) {
    long begin = System.nanoTime();
    var waiting = new ArrayList<>(members.stream().map(Member::name).toList());
    CompletableFuture<?>[] starts =
        members.stream()
            .map(
                member ->
                    CompletableFuture.runAsync(
                        () -> {
                          member.start();
                          synchronized (waiting) {
                            waiting.remove(member.name());
                          }
                          progress.accept(
                              "%s is ready (%.1f s)".formatted(member.name(), seconds(begin)));
                        },
                        starters))
            .toArray(CompletableFuture[]::new);
    var first = new CompletableFuture<Void>();
    for (CompletableFuture<?> start : starts) {
      start.exceptionally(
          failure -> {
            first.completeExceptionally(failure);
            return null;
          });
    }
    var all = CompletableFuture.allOf(starts).thenAccept(first::complete);
    while (!isDone(first)) {
      synchronized (waiting) {
        progress.accept(
            "waiting for %s (%.0f s)".formatted(String.join(", ", waiting), seconds(begin)));
      }
    }
    try {
      first.join();
    } catch (CompletionException e) {
      all.cancel(true);
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Ends starts that are on their way, and waits until they are given up. */
  void giveUp() {
    starters.shutdownNow();
    try {
      if (!starters.awaitTermination(1, TimeUnit.MINUTES)) {
        progress.accept("some processes are still starting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops them at the same time and returns when all have ended. */
  static void stop(List<Member> members) {
    CompletableFuture<?>[] stops =
        members.stream()
            .map(member -> CompletableFuture.runAsync(member::stop, Thread::startVirtualThread))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(stops).join();
  }

  private static boolean isDone(CompletableFuture<Void> start) {
    return start
        .handle((value, failure) -> true)
        .completeOnTimeout(false, REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
