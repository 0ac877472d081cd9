package dev.threadmill.localstack;

import dev.threadmill.localstack.process.LeashedProcess;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process of a stack, which may end and be started again. */
final class Member {

  private final String name;
  private final Function<Map<String, String>, LeashedProcess> starter;
  private volatile Map<String, String> changes = Map.of();
  private volatile @Nullable LeashedProcess process;

  /**
   * @param starter starts the process and returns when it is ready
   */
  Member(String name, Supplier<LeashedProcess> starter) {
    this(name, changes -> starter.get());
  }

  /**
   * @param starter is given the variables that were changed since the stack began
   */
  Member(String name, Function<Map<String, String>, LeashedProcess> starter) {
    this.name = name;
    this.starter = starter;
  }

  String name() {
    return name;
  }

  /** {@code PID_EMBED_WORKER_1} and the like. */
  String pidVariable() {
    return "PID_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** From the next start on. */
  void change(Map<String, String> variables) {
    changes = Map.copyOf(variables);
  }

  LeashedProcess start() {
    LeashedProcess started = starter.apply(changes);
    process = started;
    return started;
  }

  /** The latest process, running or ended. */
  Optional<LeashedProcess> process() {
    return Optional.ofNullable(process);
  }

  void stop() {
    process().ifPresent(LeashedProcess::close);
  }
}
