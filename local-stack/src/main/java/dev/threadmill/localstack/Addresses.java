package dev.threadmill.localstack;

import java.util.Map;

/** Tells on the terminal where everything is. */
final class Addresses {

  private Addresses() {}

  /**
   * @param variables the values of {@code stack.env}
   */
  static void print(StackOptions options, Map<String, String> variables) {
    line("API", variables.getOrDefault("THREADMILL_URL", ""));
    line("token", variables.getOrDefault("API_TOKEN", ""));
    line(
        "Chatwoot",
        options.usesSimulator()
            ? variables.get("CHATWOOT_SIMULATOR_URL") + " (simulator)"
            : options.value("CHATWOOT_BASE_URL"));
    line("embeddings", options.embeddingProvider());
    line("PostgreSQL", variables.getOrDefault("DATABASE_URL", ""));
    line("Kafka", variables.getOrDefault("KAFKA_BOOTSTRAP_SERVERS", ""));
    line("logs", options.logs().toString());
    line("for a shell", ". " + options.directory().resolve(LocalStack.ENV_FILE));
  }

  private static void line(String what, String where) {
    Commands.say("%-12s %s".formatted(what, where));
  }
}
