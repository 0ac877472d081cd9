package dev.threadmill.localstack;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Ends a stack from outside, whatever state it is in. */
final class Shutdown {

  /** A service may take 30 s, and there are two stages of processes. */
  private static final Duration ORDERLY_LIMIT = Duration.ofSeconds(90);

  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private Shutdown() {}

  /** Asks the stack to stop, waits, kills what does not end; answers what is left then. */
  static List<ProcessTable.Entry> of(ProcessTable table, Consumer<String> progress) {
    table.entries().stream()
        .filter(entry -> entry.name().equals("stack"))
        .flatMap(entry -> entry.alive().stream())
        .forEach(ProcessHandle::destroy);
    // Without the stack the leashes end its processes; they are on their way already.
    await(table, ORDERLY_LIMIT);
    for (ProcessTable.Entry entry : table.alive()) {
      progress.accept("%s (%d) does not stop; killing it".formatted(entry.name(), entry.pid()));
      entry.alive().ifPresent(ProcessHandle::destroyForcibly);
    }
    await(table, KILL_LIMIT);
    return table.alive();
  }

  private static void await(ProcessTable table, Duration limit) {
    CompletableFuture<?>[] ends =
        table.entries().stream()
            .flatMap(entry -> entry.alive().stream())
            .map(ProcessHandle::onExit)
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(ends)
        .completeOnTimeout(null, limit.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
