package dev.threadmill.embed.intake;

import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import dev.threadmill.localstack.testing.UnpackedJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Embed workers as processes of their own, from what the shipped jar holds. */
final class EmbedWorkerProcesses implements AutoCloseable {
  private final Database database;
  private final OpenAiSimulator provider;
  private final Path logs;
  private final List<Process> alive = new ArrayList<>();
  private int started;

  EmbedWorkerProcesses(Database database, OpenAiSimulator provider, Path logs) {
    this.database = database;
    this.provider = provider;
    this.logs = logs;
  }

  void start() {
    var builder = new ProcessBuilder(UnpackedJars.command("embed-worker", "-Xmx256m"));
    builder
        .environment()
        .putAll(
            Map.of(
                "SPRING_DATASOURCE_URL",
                database.jdbcUrl(),
                "SPRING_DATASOURCE_USERNAME",
                database.username(),
                "SPRING_DATASOURCE_PASSWORD",
                database.password(),
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                TestServers.shared().bootstrapServers(),
                "SERVER_PORT",
                "0",
                "EMBEDDING_PROVIDER",
                "openai",
                "OPENAI_API_KEY",
                OpenAiSettings.KEY,
                "OPENAI_BASE_URL",
                provider.baseUrl().toString(),
                "EMBED_SWEEP_SECONDS",
                "1",
                "EMBED_STALE_RECOVERY_MINUTES",
                "1"));
    builder.environment().put("MANAGEMENT_SERVER_PORT", "0");
    builder.redirectErrorStream(true);
    builder.redirectOutput(logs.resolve("embed-worker-" + started++ + ".log").toFile());
    try {
      alive.add(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int count() {
    return alive.size();
  }

  long pid(int which) {
    return alive.get(which).pid();
  }

  /** SIGKILL; returns when the process is gone. */
  void kill(int which) {
    alive.remove(which).destroyForcibly().onExit().join();
  }

  boolean allAlive() {
    return alive.stream().allMatch(Process::isAlive);
  }

  @Override
  public void close() {
    while (!alive.isEmpty()) {
      kill(0);
    }
  }
}
