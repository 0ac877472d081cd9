package dev.threadmill.localstack;

import dev.threadmill.localstack.process.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ports of a stack, all on the loopback address. */
public record StackPorts(List<StackPort> all) {

  private static final List<StackPort> DEFAULTS =
      List.of(
          new StackPort("GATEWAY_PORT", "api-gateway", 8080),
          new StackPort("GATEWAY_MANAGEMENT_PORT", "the management of api-gateway", 8090),
          new StackPort("INGEST_PORT", "ingest-service", 8081),
          new StackPort("EMBED_WORKER_PORT", "embed-worker-1", 8082),
          new StackPort("SCHEDULER_PORT", "scheduler-service", 8083),
          new StackPort("POSTGRES_PORT", "PostgreSQL", 15432),
          new StackPort("KAFKA_PORT", "Kafka", 19092),
          new StackPort("SIMULATOR_PORT", "the Chatwoot simulator", 13000));

  private static final int HIGHEST = 65_535;

  /**
   * A port and what it is for.
   *
   * @param variable the environment variable that changes it
   */
  public record StackPort(String variable, String purpose, int number) {}

  public StackPorts {
    all = List.copyOf(all);
  }

  /**
   * The usual ports, changed where the environment names others.
   *
   * @throws IllegalArgumentException when a variable is no port
   */
  public static StackPorts fromEnvironment(Map<String, String> environment) {
    List<StackPort> chosen = new ArrayList<>();
    for (StackPort usual : DEFAULTS) {
      String value = environment.getOrDefault(usual.variable(), "").strip();
      int number = value.isEmpty() ? usual.number() : parse(usual.variable(), value);
      chosen.add(new StackPort(usual.variable(), usual.purpose(), number));
    }
    return new StackPorts(chosen);
  }

  /** Ports that are free now. */
  public static StackPorts random() {
    List<Integer> free = Ports.free(DEFAULTS.size());
    List<StackPort> chosen = new ArrayList<>();
    for (StackPort usual : DEFAULTS) {
      chosen.add(new StackPort(usual.variable(), usual.purpose(), free.get(chosen.size())));
    }
    return new StackPorts(chosen);
  }

  /**
   * Makes sure that nobody listens on any of them.
   *
   * @throws IllegalStateException that says which is taken, what for, and how to choose another
   */
  void requireFree() {
    List<String> taken =
        all.stream()
            .filter(port -> Ports.isTaken(port.number()))
            .map(
                port ->
                    "Port %d, needed for %s, is taken by another program. Free it, or choose another: make up %s=%d"
                        .formatted(
                            port.number(),
                            port.purpose(),
                            port.variable(),
                            suggestion(port.number())))
            .toList();
    if (!taken.isEmpty()) {
      throw new IllegalStateException(String.join("\n", taken));
    }
  }

  /** The port that this environment variable changes. */
  int number(String variable) {
    return all.stream()
        .filter(port -> port.variable().equals(variable))
        .findFirst()
        .orElseThrow()
        .number();
  }

  private static int suggestion(int taken) {
    return taken < 20_000 ? taken + 20_000 : taken - 10_000;
  }

  private static int parse(String variable, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= HIGHEST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as for a number out of range.
    }
    throw new IllegalArgumentException(
        "%s is \"%s\"; it must be a port, 1 to %d".formatted(variable, value, HIGHEST));
  }
}
