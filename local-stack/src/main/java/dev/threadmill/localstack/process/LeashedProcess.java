package dev.threadmill.localstack.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child process that ends with this JVM, however this JVM ends. A small shell between the two
 * ({@code leash.sh}) holds a pipe from here and stops the child when the pipe breaks.
 */
public final class LeashedProcess implements AutoCloseable {

  private static final Duration BEYOND_GRACE = Duration.ofSeconds(5);

  // A variable that happens to be set here must not change what a child does.
  private static final Set<String> INHERITED =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ");

  private final ProcessSpec spec;
  private final Process leash;
  private final long pid;
  private final CompletableFuture<Integer> exited;

  private LeashedProcess(ProcessSpec spec, Process leash, long pid) {
    this.spec = spec;
    this.leash = leash;
    this.pid = pid;
    this.exited = leash.onExit().thenApply(Process::exitValue);
  }

  /** Starts the process; it is running, but not necessarily ready, when this returns. */
  public static LeashedProcess start(Checkout checkout, ProcessSpec spec) {
    try {
      Files.createDirectories(spec.log().toAbsolutePath().getParent());
      Process leash = builder(checkout, spec).start();
      // Not closed: the child writes nothing to it, and closing it would not end anything.
      var answer = leash.inputReader(StandardCharsets.UTF_8);
      String pid = answer.readLine();
      if (pid == null) {
        throw new IllegalStateException(
            "%s did not start: %s".formatted(spec.name(), LogTail.of(spec.log(), 5)));
      }
      return new LeashedProcess(spec, leash, Long.parseLong(pid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ProcessBuilder builder(Checkout checkout, ProcessSpec spec) {
    List<String> command = new ArrayList<>();
    command.add("sh");
    command.add(checkout.script("src/main/sh/leash.sh").toString());
    command.add(spec.stopSignal());
    command.add(Long.toString(spec.grace().toSeconds()));
    command.add(spec.log().toString());
    command.addAll(spec.command());
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(INHERITED);
    builder.environment().putAll(spec.environment());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
    return builder;
  }

  public String name() {
    return spec.name();
  }

  /** The id of the process itself, not of the shell that guards it. */
  public long pid() {
    return pid;
  }

  public Path log() {
    return spec.log();
  }

  public boolean isAlive() {
    return leash.isAlive();
  }

  /**
   * Completes with the exit status when the process has ended, 128 and the signal's number when a
   * signal ended it.
   */
  public CompletableFuture<Integer> exited() {
    return exited.copy();
  }

  /** Asks the process to stop, waits for its end, and kills it when its grace is over. */
  @Override
  public void close() {
    try {
      leash.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Not interruptible: whoever gives up a start wants the process gone, too.
    Duration limit = spec.grace().plus(BEYOND_GRACE);
    boolean ended =
        exited
            .thenApply(status -> true)
            .completeOnTimeout(false, limit.toSeconds(), TimeUnit.SECONDS)
            .join();
    if (!ended) {
      kill();
    }
  }

  /** Kills the process at once, as a crash would, and waits for its end. */
  public void kill() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    exited.join();
  }
}
