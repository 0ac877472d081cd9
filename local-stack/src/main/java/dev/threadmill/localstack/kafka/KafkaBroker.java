package dev.threadmill.localstack.kafka;

import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.LeashedProcess;
import dev.threadmill.localstack.process.Ports;
import dev.threadmill.localstack.process.ProcessSpec;
import dev.threadmill.localstack.process.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A running Kafka broker of our own: one node, broker and controller in one JVM, on the loopback
 * address.
 */
public final class KafkaBroker implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final String LOG_CONFIG =
      "-Dlog4j2.configurationFile=classpath:dev/threadmill/localstack/kafka/broker-log4j2.xml";

  private final LeashedProcess process;
  private final int port;
  private final Map<String, String> login;

  private KafkaBroker(LeashedProcess process, int port, Map<String, String> login) {
    this.process = process;
    this.port = port;
    this.login = login;
  }

  /**
   * Starts the broker on the data in the folder, and waits until it answers.
   *
   * @param folder its data, kept over restarts; made when missing
   * @param log file of the broker's messages
   */
  public static KafkaBroker start(Checkout checkout, Path folder, int port, Path log) {
    return start(checkout, folder, port, log, null);
  }

  /** One that wants encryption and a login, and lets each user do only what it has the right to. */
  public static KafkaBroker start(
      Checkout checkout, Path folder, int port, Path log, @Nullable BrokerSecurity security) {
    try {
      Files.createDirectories(folder);
      Path configuration = folder.resolve("server.properties");
      String listener = security == null ? "PLAINTEXT" : "SASL_SSL";
      Files.writeString(
          configuration,
          properties(folder, listener, port, Ports.free())
              + (security == null ? "" : security.brokerProperties()));
      if (!Files.exists(folder.resolve("data/meta.properties"))) {
        format(
            checkout,
            configuration,
            log,
            security == null ? List.of() : security.formatArguments());
      }
      LeashedProcess process =
          LeashedProcess.start(
              checkout, spec(checkout, log, "kafka.Kafka", List.of(configuration.toString())));
      var broker =
          new KafkaBroker(process, port, security == null ? Map.of() : security.adminProperties());
      try {
        Waiting.until(process, START_LIMIT, broker::answers);
      } catch (RuntimeException e) {
        process.close();
        throw e;
      }
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void format(Checkout checkout, Path configuration, Path log, List<String> more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("format", "--config", configuration.toString()));
    arguments.addAll(List.of("--cluster-id", Uuid.randomUuid().toString()));
    arguments.addAll(more);
    LeashedProcess format =
        LeashedProcess.start(checkout, spec(checkout, log, "kafka.tools.StorageTool", arguments));
    if (format.exited().join() != 0) {
      throw new IllegalStateException("Kafka's storage could not be formatted, see " + log);
    }
  }

  private static ProcessSpec spec(
      Checkout checkout, Path log, String main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            Checkout.java(
                "-Xmx256m",
                "-Xms64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                LOG_CONFIG,
                "-cp",
                checkout.classPath(),
                main));
    command.addAll(arguments);
    return ProcessSpec.of("Kafka", command, Map.of(), log);
  }

  private static String properties(Path folder, String listener, int port, int controllerPort) {
    return """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        controller.listener.names=CONTROLLER
        listeners=%4$s://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=%4$s://127.0.0.1:%1$d
        listener.security.protocol.map=%4$s:%4$s,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=%4$s
        log.dirs=%3$s
        auto.create.topics.enable=false
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        default.replication.factor=1
        min.insync.replicas=1
        group.initial.rebalance.delay.ms=0
        # After a kill the broker is refused until its former self's session is over: 9 s by default.
        broker.session.timeout.ms=4000
        broker.heartbeat.interval.ms=1000
        log.retention.hours=168
        log.cleaner.dedupe.buffer.size=16777216
        """
        .formatted(port, controllerPort, folder.resolve("data"), listener);
  }

  public int port() {
    return port;
  }

  public LeashedProcess process() {
    return process;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Stops the broker; its data stay. */
  @Override
  public void close() {
    process.close();
  }

  private boolean answers() {
    // A client asked too early would fill the log with warnings.
    if (!Ports.accepts(port)) {
      return false;
    }
    Map<String, Object> configuration = new HashMap<>(login);
    configuration.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    configuration.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    configuration.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    try (Admin admin = Admin.create(configuration)) {
      return !admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
