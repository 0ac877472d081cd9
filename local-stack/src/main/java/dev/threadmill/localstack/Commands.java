package dev.threadmill.localstack;

import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** What the command line offers. Each answers the exit status. */
final class Commands {

  static final String STACK_LOG = "stack.log";
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private Commands() {}

  static int run(String command) {
    Checkout checkout = Checkout.find();
    Path directory = checkout.local();
    try {
      return switch (command) {
        case "up" -> up(checkout, System.getenv());
        case "supervise" -> Supervisor.run(StackOptions.fromEnvironment(checkout, System.getenv()));
        case "down" -> down(directory);
        case "status" -> status(directory);
        case "clean" -> clean(directory);
        default -> {
          say("usage: up | down | status | clean");
          yield MISUSED;
        }
      };
    } catch (CancellationException e) {
      return FAILED; // by Ctrl-C, which whoever pressed it knows
    } catch (IllegalStateException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return FAILED;
    }
  }

  private static int up(Checkout checkout, Map<String, String> environment) {
    StackOptions options = StackOptions.fromEnvironment(checkout, environment);
    return options.value("DETACH").equals("1")
        ? Detached.up(options)
        : Supervisor.runInForeground(options);
  }

  private static int down(Path directory) {
    ProcessTable table = ProcessTable.read(directory);
    if (table.alive().isEmpty()) {
      // A stack that was killed could not forget itself.
      Supervisor.forget(directory);
      say("nothing is running");
      return OK;
    }
    say("stopping");
    List<ProcessTable.Entry> left = Shutdown.of(table, Commands::say);
    if (left.isEmpty()) {
      Supervisor.forget(directory);
      say("stopped; no process is left");
      return OK;
    }
    left.forEach(entry -> say("%s (%d) is still running".formatted(entry.name(), entry.pid())));
    return FAILED;
  }

  private static int status(Path directory) {
    List<ProcessTable.Entry> entries = ProcessTable.read(directory).entries();
    if (entries.isEmpty()) {
      say("nothing is running; start with: make up");
      return FAILED;
    }
    boolean whole = true;
    long total = 0;
    for (ProcessTable.Entry entry : entries) {
      Optional<ProcessHandle> process = entry.alive();
      whole &= process.isPresent();
      long megabytes = process.map(ProcessMemory::residentMegabytes).orElse(0L);
      total += megabytes;
      say(
          "%-20s %8d  %-8s %5d MB"
              .formatted(
                  entry.name(), entry.pid(), process.isPresent() ? "running" : "ended", megabytes));
    }
    say("%-20s %8s  %-8s %5d MB".formatted("", "", "in all", total));
    String url =
        EnvFile.read(directory.resolve(LocalStack.ENV_FILE)).getOrDefault("THREADMILL_URL", "");
    say(
        "address %s, token and the rest in %s"
            .formatted(url, directory.resolve(LocalStack.ENV_FILE)));
    return whole ? OK : FAILED;
  }

  private static int clean(Path directory) {
    int stopped = down(directory);
    if (stopped != OK) {
      return stopped;
    }
    try {
      Cluster.delete(directory);
      Folders.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    say("deleted " + directory);
    return OK;
  }

  static void say(String line) {
    System.out.println(line);
  }
}
