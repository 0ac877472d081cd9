package dev.threadmill.ingest.sync;

import dev.threadmill.core.trace.Traces;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** So many tasks at the same time; the first that throws ends what was not started yet. */
final class Workers implements AutoCloseable {
  /** One conversation's reading. */
  @FunctionalInterface
  interface Task {
    void run() throws ChatwootException;
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore permits;
  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();

  Workers(int concurrency) {
    this.permits = new Semaphore(concurrency);
  }

  /** Starts the task when one of the others is through. */
  void start(Task task) {
    permits.acquireUninterruptibly();
    if (ended()) {
      permits.release();
      return;
    }
    threads.execute(
        Traces.carried(
            () -> {
              try {
                task.run();
              } catch (Throwable ending) {
                end.compareAndSet(null, ending);
              } finally {
                permits.release();
              }
            }));
  }

  boolean ended() {
    return end.get() != null;
  }

  /** Waits for what was started, and throws what ended it. */
  void finish() throws ChatwootException {
    close();
    switch (end.get()) {
      case null -> {}
      case ChatwootException failure -> throw failure;
      case RuntimeException failure -> throw failure;
      case Error failure -> throw failure;
      case Throwable other -> throw new IllegalStateException(other);
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
