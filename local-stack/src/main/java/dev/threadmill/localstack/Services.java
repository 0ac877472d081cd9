package dev.threadmill.localstack;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The programs of a stack besides its servers: the simulator and the four services, with what each
 * is told.
 */
final class Services {

  private static final String SIMULATOR_TOKEN = "simulator-admin-token";
  private static final String SIMULATOR_MAIN =
      "dev.threadmill.localstack.chatwoot.ChatwootSimulatorMain";
  private static final String SMALL_HEAP = "-Xmx192m";
  // The model's weights lie outside the heap; what tokenizer and batches need lies inside.
  private static final String MODEL_HEAP = "-Xmx384m";

  private final StackOptions options;
  private final StackSecrets secrets;
  private final StackPorts ports;

  Services(StackOptions options, StackSecrets secrets) {
    this.options = options;
    this.secrets = secrets;
    this.ports = options.ports();
  }

  ServiceSpec simulator() {
    int port = ports.number("SIMULATOR_PORT");
    List<String> command = java("-Xmx128m");
    command.addAll(List.of("-cp", options.checkout().classPath(), SIMULATOR_MAIN));
    Map<String, String> environment = new HashMap<>(options.environment());
    environment.put("SIMULATOR_PORT", Integer.toString(port));
    environment.put("SIMULATOR_BIND", "127.0.0.1");
    environment.put("CHATWOOT_API_TOKEN", SIMULATOR_TOKEN);
    // Otherwise a restart would tell a new story under ids that are stored already.
    environment.put("SIMULATOR_DATA", options.directory().resolve("chatwoot.json").toString());
    return new ServiceSpec(
        "chatwoot-simulator",
        command,
        environment,
        URI.create("http://127.0.0.1:%d/simulator/health".formatted(port)));
  }

  /** The four services, one of them as often as there are embed workers. */
  List<ServiceSpec> services() {
    List<ServiceSpec> services = new ArrayList<>();
    services.add(service("ingest-service", "ingest-service", ports.number("INGEST_PORT")));
    int port = ports.number("EMBED_WORKER_PORT");
    for (int worker = 1; worker <= options.embedWorkers(); worker++) {
      services.add(service("embed-worker-" + worker, "embed-worker", port));
      port = Ports.free();
    }
    services.add(service("scheduler-service", "scheduler-service", ports.number("SCHEDULER_PORT")));
    services.add(service("api-gateway", "api-gateway", ports.number("GATEWAY_PORT")));
    return services;
  }

  private ServiceSpec service(String name, String module, int port) {
    boolean gateway = module.equals("api-gateway");
    boolean embeds = !module.equals("ingest-service");
    int managementPort = gateway ? ports.number("GATEWAY_MANAGEMENT_PORT") : port;
    List<String> command = java(embeds && options.usesLocalModel() ? MODEL_HEAP : SMALL_HEAP);
    Path jar = jar(module);
    Path archive = jar.resolveSibling(jar.getFileName() + ".jsa");
    if (Files.exists(archive)) {
      // Classes as the JVM has them: the start takes little more than half of the time.
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    command.addAll(List.of("-jar", jar.toString()));
    Map<String, String> environment = environment();
    environment.put("SERVER_PORT", Integer.toString(port));
    environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    if (gateway) {
      // Only where management has a port of its own: Spring refuses an address otherwise.
      environment.put("MANAGEMENT_SERVER_ADDRESS", "127.0.0.1");
    }
    return new ServiceSpec(
        name,
        command,
        environment,
        URI.create("http://127.0.0.1:%d/actuator/health/readiness".formatted(managementPort)));
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(options.environment());
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("SPRING_DATASOURCE_URL", jdbcUrl());
    environment.put("SPRING_DATASOURCE_USERNAME", PostgresServer.USER);
    environment.put("SPRING_DATASOURCE_PASSWORD", secrets.databasePassword());
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
    environment.put("API_TOKEN", secrets.apiToken());
    environment.put("THREADMILL_SECRET_KEY", secrets.secretKey());
    environment.put("EMBEDDING_PROVIDER", options.embeddingProvider());
    // An idle service needs no ten connections, each a process of several megabytes.
    environment.putIfAbsent("SPRING_DATASOURCE_HIKARI_MINIMUM_IDLE", "2");
    environment.putIfAbsent("SPRING_DATASOURCE_HIKARI_IDLE_TIMEOUT", "60000");
    // glibc's arenas, one per core and thread, keep memory that nobody uses.
    environment.putIfAbsent("MALLOC_ARENA_MAX", "2");
    if (options.usesSimulator()) {
      environment.put("CHATWOOT_BASE_URL", simulatorUrl());
      environment.put("CHATWOOT_API_TOKEN", SIMULATOR_TOKEN);
      environment.put("CHATWOOT_ACCOUNT_ID", "1");
      environment.put("CHATWOOT_WEBHOOK_SECRET", secrets.webhookSecret());
      // All of the story: its conversations are older than the usual look back.
      environment.putIfAbsent("CHATWOOT_LOOKBACK_DAYS", "0");
    }
    return environment;
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/%s"
        .formatted(ports.number("POSTGRES_PORT"), LocalStack.DATABASE);
  }

  String bootstrapServers() {
    return "127.0.0.1:" + ports.number("KAFKA_PORT");
  }

  String simulatorUrl() {
    return "http://127.0.0.1:" + ports.number("SIMULATOR_PORT");
  }

  String gatewayUrl() {
    return "http://127.0.0.1:" + ports.number("GATEWAY_PORT");
  }

  /** Where health and metrics of a service are; of several embed workers those of the first. */
  String managementUrl(String service) {
    String port =
        switch (service) {
          case "api-gateway" -> "GATEWAY_MANAGEMENT_PORT";
          case "ingest-service" -> "INGEST_PORT";
          case "embed-worker" -> "EMBED_WORKER_PORT";
          case "scheduler-service" -> "SCHEDULER_PORT";
          default -> throw new IllegalArgumentException("there is no service " + service);
        };
    return "http://127.0.0.1:" + ports.number(port);
  }

  /**
   * A copy of the module's jar, unless another was given: a build beside the running stack replaces
   * the one it made.
   */
  private Path jar(String module) {
    Path unpacked = options.jars().get(module);
    if (unpacked != null) {
      return unpacked;
    }
    Path built = options.checkout().root().resolve(module + "/target/" + module + ".jar");
    if (!Files.exists(built)) {
      throw new IllegalStateException(built + " is missing; build it with: make build");
    }
    try {
      Path programs = Files.createDirectories(options.directory().resolve("programs"));
      Path copy = programs.resolve(module + ".jar");
      // Reproducible builds all have one time, and often one size.
      if (!Files.exists(copy) || Files.mismatch(built, copy) >= 0) {
        Files.copy(built, copy, REPLACE_EXISTING);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> java(String heap) {
    return new ArrayList<>(
        Checkout.java(
            heap,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED"));
  }
}
