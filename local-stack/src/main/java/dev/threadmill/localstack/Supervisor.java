package dev.threadmill.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The process that a stack lives in, from {@code make up} to {@code make down} or Ctrl-C. */
final class Supervisor {

  private static final String LOCK = "stack.lock";
  private static final String READY = "stack.ready";

  private Supervisor() {}

  /** Runs the stack until this process is told to end, and shows on the terminal what it does. */
  static int runInForeground(StackOptions options) {
    endWithParent();
    try (FileChannel lock = lock(options.directory())) {
      RunningStack stack = start(options);
      try {
        new FirstRun(stack.variables(), Commands::say).run();
      } catch (IllegalStateException e) {
        // The stack stays up: what it holds and logs says more than the sentence.
        Commands.say("The first run failed: " + e.getMessage());
      }
      Commands.say("");
      Addresses.print(options, stack.variables());
      Commands.say("Ctrl-C stops everything.");
      stack.keep();
      return waitForSignal(lock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs the stack in the background: the terminal belongs to another process, which asks for the
   * first run.
   */
  static int run(StackOptions options) {
    Path ready = options.directory().resolve(READY);
    try (FileChannel lock = lock(options.directory())) {
      Files.deleteIfExists(ready);
      RunningStack stack = start(options);
      Files.writeString(ready, Long.toString(ProcessHandle.current().pid()));
      stack.keep();
      return waitForSignal(lock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the stack that this process supervises has become ready. */
  static boolean isReady(Path directory, long pid) {
    Path ready = directory.resolve(READY);
    try {
      return Files.exists(ready) && Files.readString(ready).equals(Long.toString(pid));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Says so when a stack runs already.
   *
   * @throws IllegalStateException when one does
   */
  static void requireNone(Path directory) {
    try (FileChannel lock = lock(directory)) {
      lock.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RunningStack start(StackOptions options) {
    RunningStack stack = LocalStack.prepare(options, Commands::say);
    // Before the first process starts, so that an interrupted start leaves none behind.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(options, stack), "stop-stack"));
    stack.start();
    return stack;
  }

  private static void stop(StackOptions options, RunningStack stack) {
    Commands.say("stopping");
    stack.close();
    forget(options.directory());
    Commands.say("stopped");
  }

  /** Removes what tells of a running stack. */
  static void forget(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve(READY));
      Files.deleteIfExists(directory.resolve(LocalStack.ENV_FILE));
      ProcessTable.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lock goes with the process that holds it, however that ends. */
  private static FileChannel lock(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new IllegalStateException(
            "The stack is running already; its addresses are in %s. \"make status\" tells more, \"make down\" stops it."
                .formatted(directory.resolve(LocalStack.ENV_FILE)));
      }
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** When make, or whatever started this, was killed, nobody would be left to press Ctrl-C. */
  private static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            parent ->
                parent.onExit().thenRun(() -> Thread.startVirtualThread(() -> System.exit(1))));
  }

  private static int waitForSignal(FileChannel lock) {
    try {
      new CountDownLatch(1).await();
      return lock.isOpen() ? 0 : 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
