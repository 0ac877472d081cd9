package dev.threadmill.localstack;

import dev.threadmill.localstack.process.LeashedProcess;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process of a stack, which may end and be started again. */
final class Member {

  private final String name;
  private final Supplier<LeashedProcess> starter;
  private volatile @Nullable LeashedProcess process;

  /**
   * @param starter starts the process and returns when it is ready
   */
  Member(String name, Supplier<LeashedProcess> starter) {
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

  LeashedProcess start() {
    LeashedProcess started = starter.get();
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
