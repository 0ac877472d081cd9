package dev.threadmill.localstack;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts processes again that ended by themselves, after a pause, and gives up on one that keeps
 * failing.
 */
final class Keeper implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final int MOST_FAILURES = 5;

  private final Consumer<String> progress;
  private final Runnable changed;
  private final Set<Member> kept = ConcurrentHashMap.newKeySet();
  private final Executor later =
      CompletableFuture.delayedExecutor(
          PAUSE.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);

  /**
   * @param changed is told when a process was replaced
   */
  Keeper(Consumer<String> progress, Runnable changed) {
    this.progress = progress;
    this.changed = changed;
  }

  void watch(Member member) {
    kept.add(member);
    watchNext(member);
  }

  /** Leaves the member alone from now on. */
  void release(Member member) {
    kept.remove(member);
  }

  @Override
  public void close() {
    kept.clear();
  }

  private void watchNext(Member member) {
    member
        .process()
        .ifPresent(
            process ->
                process
                    .exited()
                    .thenAccept(
                        status -> {
                          if (kept.contains(member)) {
                            progress.accept(
                                "%s ended with status %d, see %s; starting it again"
                                    .formatted(member.name(), status, process.log()));
                            startLater(member, 1);
                          }
                        }));
  }

  private void startLater(Member member, int attempt) {
    later.execute(() -> startAgain(member, attempt));
  }

  private void startAgain(Member member, int attempt) {
    if (!kept.contains(member)) {
      return;
    }
    try {
      member.start();
    } catch (RuntimeException e) {
      progress.accept(e.getMessage());
      if (attempt < MOST_FAILURES) {
        startLater(member, attempt + 1);
      } else {
        progress.accept("%s does not start; giving it up".formatted(member.name()));
      }
      return;
    }
    if (!kept.contains(member)) { // the stack was closed meanwhile
      member.stop();
      return;
    }
    changed.run();
    progress.accept("%s is ready again".formatted(member.name()));
    watchNext(member);
  }
}
