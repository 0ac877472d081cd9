package dev.threadmill.localstack;

import dev.threadmill.localstack.process.Checkout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a stack is to be.
 *
 * @param directory data, logs, secrets and {@code stack.env} of this stack
 * @param embedWorkers how many embed workers, 1 to 16
 * @param environment variables for the services, over those of this process; {@code
 *     CHATWOOT_BASE_URL} in it replaces the simulator, {@code OPENAI_API_KEY} the local model
 * @param jars by module, what its service is started from instead of a copy of what was built
 */
public record StackOptions(
    Checkout checkout,
    Path directory,
    StackPorts ports,
    int embedWorkers,
    Map<String, String> environment,
    Map<String, Path> jars) {

  private static final int MOST_WORKERS = 16;
  private static final List<String> ACCOUNT =
      List.of("CHATWOOT_BASE_URL", "CHATWOOT_API_TOKEN", "CHATWOOT_ACCOUNT_ID");

  public StackOptions {
    environment = Map.copyOf(environment);
    jars = Map.copyOf(jars);
    if (embedWorkers < 1 || embedWorkers > MOST_WORKERS) {
      throw new IllegalArgumentException(
          "EMBED_WORKERS is %d; it must be 1 to %d".formatted(embedWorkers, MOST_WORKERS));
    }
    requireWholeAccount(environment);
  }

  /**
   * The stack of this checkout, as the environment wants it.
   *
   * @throws IllegalArgumentException naming the variable that is wrong
   */
  public static StackOptions fromEnvironment(Checkout checkout, Map<String, String> environment) {
    return new StackOptions(
        checkout,
        checkout.local(),
        StackPorts.fromEnvironment(environment),
        number("EMBED_WORKERS", environment.getOrDefault("EMBED_WORKERS", "")),
        environment,
        Map.of());
  }

  /**
   * A stack of a test's own: on free ports, beside any other, whatever this process's environment
   * holds.
   */
  public static StackOptions forTest(Path directory) {
    return new StackOptions(Checkout.find(), directory, StackPorts.random(), 1, Map.of(), Map.of());
  }

  /** The same with another number of embed workers. */
  public StackOptions withEmbedWorkers(int count) {
    return new StackOptions(checkout, directory, ports, count, environment, jars);
  }

  /** The same with these variables for the services besides. */
  public StackOptions withEnvironment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new StackOptions(checkout, directory, ports, embedWorkers, all, jars);
  }

  /** The same with these jars, which have what they need beside them. */
  public StackOptions withJars(Map<String, Path> unpacked) {
    return new StackOptions(checkout, directory, ports, embedWorkers, environment, unpacked);
  }

  boolean usesSimulator() {
    return value("CHATWOOT_BASE_URL").isEmpty();
  }

  boolean usesLocalModel() {
    return embeddingProvider().equals("local");
  }

  String embeddingProvider() {
    String wish = value("EMBEDDING_PROVIDER");
    if (!wish.isEmpty()) {
      return wish;
    }
    return value("OPENAI_API_KEY").isEmpty() ? "local" : "openai";
  }

  /** A variable's value, "" when it is not set. */
  String value(String variable) {
    return environment.getOrDefault(variable, "").strip();
  }

  Path logs() {
    return directory.resolve("logs");
  }

  private static void requireWholeAccount(Map<String, String> environment) {
    List<String> missing =
        ACCOUNT.stream()
            .filter(variable -> environment.getOrDefault(variable, "").isBlank())
            .toList();
    if (!missing.isEmpty() && missing.size() < ACCOUNT.size()) {
      throw new IllegalArgumentException(
          "%s must be set, too: all of %s name an account, none of them the simulator's"
              .formatted(String.join(" and ", missing), String.join(", ", ACCOUNT)));
    }
  }

  private static int number(String variable, String value) {
    try {
      return value.isBlank() ? 1 : Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s is \"%s\"; it must be a whole number".formatted(variable, value), e);
    }
  }
}
