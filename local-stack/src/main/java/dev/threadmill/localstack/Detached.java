package dev.threadmill.localstack;

import dev.threadmill.localstack.process.Checkout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Starts a stack in the background and comes back when it is up. */
final class Detached {

  private static final Duration POLL = Duration.ofMillis(200);

  private Detached() {}

  static int up(StackOptions options) {
    Path directory = options.directory();
    Supervisor.requireNone(directory);
    try {
      Path log = Files.createDirectories(options.logs()).resolve(Commands.STACK_LOG);
      Files.deleteIfExists(log);
      ProcessHandle supervisor = startSupervisor(options, log);
      var stopOnInterrupt = new Thread(supervisor::destroy, "stop-unfinished-stack");
      Runtime.getRuntime().addShutdownHook(stopOnInterrupt);
      boolean ready = follow(log, directory, supervisor);
      Runtime.getRuntime().removeShutdownHook(stopOnInterrupt);
      if (!ready) {
        return 1;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> variables = EnvFile.read(directory.resolve(LocalStack.ENV_FILE));
    try {
      new FirstRun(variables, Commands::say).run();
    } catch (IllegalStateException e) {
      Commands.say("The first run failed: " + e.getMessage());
      Commands.say("The stack is still up; \"make down\" stops it.");
      return 1;
    }
    Commands.say("");
    Addresses.print(options, variables);
    Commands.say("It goes on in the background; \"make down\" stops it.");
    return 0;
  }

  private static ProcessHandle startSupervisor(StackOptions options, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "sh", options.checkout().script("src/main/sh/detach.sh").toString(), log.toString()));
    command.addAll(Checkout.java("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(
        List.of(
            "-Dthreadmill.root=" + options.checkout().root(),
            "-cp",
            System.getProperty("java.class.path"),
            LocalStack.class.getName(),
            "supervise"));
    Process shell = new ProcessBuilder(command).start();
    String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return ProcessHandle.of(Long.parseLong(pid))
        .orElseThrow(() -> new IllegalStateException("the stack ended at once, see " + log));
  }

  /** Shows what the supervisor writes until it is ready, which answers true, or ends. */
  private static boolean follow(Path log, Path directory, ProcessHandle supervisor)
      throws IOException {
    long shown = 0;
    while (true) {
      boolean alive = supervisor.isAlive();
      boolean ready = Supervisor.isReady(directory, supervisor.pid());
      shown = show(log, shown);
      if (ready || !alive) {
        return ready;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static long show(Path log, long from) throws IOException {
    if (!Files.exists(log)) {
      return from;
    }
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] fresh = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(fresh);
      System.out.write(fresh, 0, fresh.length);
      System.out.flush();
      return from + fresh.length;
    }
  }
}
