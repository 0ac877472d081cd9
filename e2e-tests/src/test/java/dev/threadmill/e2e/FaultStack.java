package dev.threadmill.e2e;

import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.LocalStack;
import dev.threadmill.localstack.RunningStack;
import dev.threadmill.localstack.StackOptions;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.UnpackedJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A whole stack whose Chatwoot and provider are in this process, so that a test knows the truth,
 * and whose processes can be stopped in every way there is.
 */
final class FaultStack implements AutoCloseable {
  static final String MODEL = "text-embedding-3-small";

  /** Texts of one request at the most, so that little is in flight. */
  static final int BATCH = 10;

  static final int PARTITIONS = 2;

  private static final String WEBHOOK_SECRET = "secret-of-the-webhooks-of-a-test";

  final ChatwootSimulator chatwoot = ChatwootSimulator.start();
  final OpenAiSimulator provider = OpenAiSimulator.start();
  final RunningStack stack;
  final Api api;
  private final Path directory;

  /** Of the database that the services are on at present. */
  volatile Tables tables;

  /** The broker that they are on. */
  volatile String bootstrapServers;

  FaultStack(Path directory, int embedWorkers) {
    this.directory = directory;
    provider.settings().latency(Duration.ofMillis(150));
    try {
      stack =
          LocalStack.start(
              StackOptions.forTest(directory)
                  .withEmbedWorkers(embedWorkers)
                  .withJars(UnpackedJars.all())
                  .withEnvironment(environment()),
              line -> {});
    } catch (RuntimeException failed) {
      chatwoot.close();
      provider.close();
      throw failed;
    }
    api = new Api(stack);
    bootstrapServers = stack.bootstrapServers();
    tables = new Tables(stack.jdbcUrl(), "threadmill", stack.databasePassword());
    sendWebhooks();
  }

  /** What the services are told besides. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("CHATWOOT_BASE_URL", chatwoot.baseUrl().toString());
    environment.put("CHATWOOT_API_TOKEN", ChatwootSimulator.ADMIN_TOKEN);
    environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(ChatwootSimulator.ACCOUNT_ID));
    environment.put("CHATWOOT_WEBHOOK_SECRET", WEBHOOK_SECRET);
    environment.put("CHATWOOT_LOOKBACK_DAYS", "0");
    environment.put("CHATWOOT_RECONCILE_HOURS", "0");
    environment.put("CHATWOOT_BACK_OFF_MS", "20");
    environment.put("CHATWOOT_TIMEOUT_MS", "2000");
    environment.put("CHATWOOT_BODY_TIMEOUT_MS", "2000");
    environment.put("OPENAI_API_KEY", OpenAiSettings.KEY);
    environment.put("OPENAI_BASE_URL", provider.baseUrl().toString());
    environment.put("OPENAI_TIMEOUT_MS", "8000");
    environment.put("EMBED_BATCH_SIZE", Integer.toString(BATCH));
    environment.put("EMBED_CONCURRENCY", "2");
    environment.put("EMBED_SWEEP_SECONDS", "1");
    environment.put("EMBED_SWEEP_GRACE_SECONDS", "1");
    environment.put("EMBED_STALE_RECOVERY_MINUTES", "1");
    environment.put("EMBED_MAX_ATTEMPTS", "50");
    environment.put("RUN_LEASE_SECONDS", "4");
    environment.put("RUN_MAX_ATTEMPTS", "20");
    environment.put("SCHEDULER_TICK_SECONDS", "1");
    environment.put("KAFKA_TOPIC_PARTITIONS", Integer.toString(PARTITIONS));
    environment.put("DATABASE_POOL_SIZE", "6");
    return environment;
  }

  private void sendWebhooks() {
    String sources = "/projects/" + stack.projectId() + "/sources";
    JsonNode source =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> api.get(sources).body().path("items").path(0),
                found -> !found.path("id").asString("").isEmpty());
    chatwoot
        .webhooks()
        .sendTo(
            URI.create(stack.url() + "/webhooks/chatwoot/" + source.path("id").asString()),
            WEBHOOK_SECRET);
  }

  /** A second gateway beside that of the stack. */
  ServiceProcess anotherGateway() {
    Map<String, String> environment = environment();
    environment.put("SPRING_DATASOURCE_URL", tables.url());
    environment.put("SPRING_DATASOURCE_USERNAME", tables.user());
    environment.put("SPRING_DATASOURCE_PASSWORD", tables.password());
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
    environment.put("API_TOKEN", stack.apiToken());
    return ServiceProcess.start("api-gateway", environment, directory);
  }

  long pid(String process) {
    return stack.process(process).pid();
  }

  /** SIGSTOP to it and to all that it started: it stands still and knows nothing of it. */
  void freeze(String process) {
    signal("-STOP", pid(process));
  }

  /** SIGCONT. */
  void wake(String process) {
    signal("-CONT", pid(process));
  }

  /** Asks it to stop, waits for its end, and answers its status: 143 where it stopped by itself. */
  int terminate(String process) {
    var ended = stack.process(process);
    ended.close();
    return ended.exited().join();
  }

  private static void signal(String name, long pid) {
    List<String> command =
        Stream.concat(
                Stream.of("kill", name, Long.toString(pid)),
                ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .map(child -> Long.toString(child.pid())))
            .toList();
    try {
      // One of the children may have ended meanwhile, so the status says nothing.
      new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /** Rows that this embed worker has claimed: their requests are under way, or about to be. */
  long heldBy(String embedWorker) {
    return tables.number(
        "select count(*) from rag_chunks where embedding_status = 'processing' and "
            + isWorker("claimed_by", pid(embedWorker)));
  }

  /** Of these texts, those that were paid for more than once. */
  long repeated(List<String> texts) {
    return texts.stream()
        .mapToLong(text -> Math.max(0, provider.log().timesEmbedded(text) - 1))
        .sum();
  }

  static String isWorker(String column, long pid) {
    return column + " ~ '\\D" + pid + "(\\D|$)'";
  }

  @Override
  public void close() {
    stack.close();
    chatwoot.close();
    provider.close();
  }
}
