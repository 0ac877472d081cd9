package dev.threadmill.localstack.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A child process to be started.
 *
 * @param name what people call it; used in messages only
 * @param command program and arguments
 * @param environment its variables; of this process's own it gets only those about place and
 *     language, such as PATH
 * @param log file that its output is appended to
 * @param stopSignal name of the signal that asks it to stop, such as {@code TERM}
 * @param grace how long it may take to stop before it is killed; whole seconds
 */
public record ProcessSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path log,
    String stopSignal,
    Duration grace) {

  private static final Duration GRACE = Duration.ofSeconds(20);

  /** A process that stops on TERM within 20 seconds, as a JVM does. */
  public static ProcessSpec of(
      String name, List<String> command, Map<String, String> environment, Path log) {
    return new ProcessSpec(name, command, environment, log, "TERM", GRACE);
  }

  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** The same process, stopped by another signal. */
  public ProcessSpec stoppedBy(String signal) {
    return new ProcessSpec(name, command, environment, log, signal, grace);
  }
}
