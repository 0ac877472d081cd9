package dev.threadmill.localstack.testing;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.threadmill.localstack.process.Ports;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/**
 * The same servers as containers. Their ports are chosen here and not by the engine, which would
 * choose others at a restart.
 */
final class ContainerTestServers implements TestServers {

  private static final String USER = "threadmill";
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final int postgresPort;
  private final int kafkaPort;
  private final GenericContainer<?> postgres;
  private final GenericContainer<?> kafka;
  private final AtomicInteger databases = new AtomicInteger();

  private ContainerTestServers() {
    var ports = Ports.free(2);
    postgresPort = ports.get(0);
    kafkaPort = ports.get(1);
    postgres = postgres(postgresPort);
    kafka = kafka(kafkaPort);
  }

  static ContainerTestServers start() {
    var servers = new ContainerTestServers();
    try {
      Startables.deepStart(servers.postgres, servers.kafka).join();
      servers.awaitPostgres();
    } catch (RuntimeException e) {
      servers.postgres.stop();
      servers.kafka.stop();
      throw e;
    }
    return servers;
  }

  // Testcontainers' own shutdown removes the containers, also of a JVM that was killed.
  @SuppressWarnings("resource")
  private static GenericContainer<?> postgres(int port) {
    return published(
            new GenericContainer<>(DockerImageName.parse("pgvector/pgvector:pg17")), port, 5432)
        .withEnv("POSTGRES_USER", USER)
        .withEnv("POSTGRES_PASSWORD", USER)
        .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200", "-c", "jit=off")
        .waitingFor(Wait.forListeningPort());
  }

  @SuppressWarnings("resource")
  private static GenericContainer<?> kafka(int port) {
    return published(
            new GenericContainer<>(DockerImageName.parse("apache/kafka:4.2.1")), port, 9092)
        .withEnv("KAFKA_NODE_ID", "1")
        .withEnv("KAFKA_PROCESS_ROLES", "broker,controller")
        .withEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
        .withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
        .withEnv("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093")
        .withEnv("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://127.0.0.1:" + port)
        .withEnv("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT")
        .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        .withEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
        .withEnv("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
        .withEnv("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
        .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
        .withEnv("KAFKA_HEAP_OPTS", "-Xmx256m")
        .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1));
  }

  private static GenericContainer<?> published(
      GenericContainer<?> container, int hostPort, int port) {
    var binding =
        new PortBinding(Binding.bindIpAndPort("127.0.0.1", hostPort), new ExposedPort(port));
    return container
        .withExposedPorts(port)
        .withCreateContainerCmdModifier(
            command ->
                command.withHostConfig(
                    Objects.requireNonNullElseGet(command.getHostConfig(), HostConfig::new)
                        .withPortBindings(binding)));
  }

  @Override
  public String bootstrapServers() {
    return "127.0.0.1:" + kafkaPort;
  }

  @Override
  public Database createDatabase() {
    String name = "test_" + databases.incrementAndGet();
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot create database " + name, e);
    }
    return new Database(url(name), USER, USER);
  }

  @Override
  public void stopKafka() {
    stop(kafka);
  }

  @Override
  public void startKafka() {
    start(kafka);
    await("Kafka", () -> Ports.accepts(kafkaPort));
  }

  @Override
  public void stopPostgres() {
    stop(postgres);
  }

  @Override
  public void startPostgres() {
    start(postgres);
    awaitPostgres();
  }

  private static void stop(GenericContainer<?> container) {
    container.getDockerClient().stopContainerCmd(container.getContainerId()).withTimeout(20).exec();
  }

  private static void start(GenericContainer<?> container) {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  private void awaitPostgres() {
    // The port alone says nothing: the image starts the server once for its own setup.
    await("PostgreSQL", this::postgresAnswers);
  }

  private boolean postgresAnswers() {
    try (Connection connection = connect()) {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void await(String what, BooleanSupplier ready) {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!ready.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "%s was not ready after %d s".formatted(what, START_LIMIT.toSeconds()));
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url("postgres"), USER, USER);
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgresPort, database);
  }
}
