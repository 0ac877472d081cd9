package dev.threadmill.localstack.testing;

import dev.threadmill.localstack.kafka.KafkaBroker;
import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.postgres.PostgresInstall;
import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Folders;
import dev.threadmill.localstack.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Servers of our own, in a temporary folder, on ports that were free. */
final class LocalTestServers implements TestServers {

  private static final Logger LOG = LoggerFactory.getLogger(LocalTestServers.class);
  private static final String PASSWORD = "threadmill";

  private final Checkout checkout;
  private final Path folder;
  private final int postgresPort;
  private final int kafkaPort;
  private final AtomicInteger databases = new AtomicInteger();
  // Two locks, since a test of one server need not wait until the other has started.
  private final Object postgresLock = new Object();
  private final Object kafkaLock = new Object();
  private @Nullable PostgresServer postgres;
  private @Nullable KafkaBroker kafka;

  private LocalTestServers(Checkout checkout, Path folder) {
    this.checkout = checkout;
    this.folder = folder;
    List<Integer> ports = Ports.free(2);
    this.postgresPort = ports.get(0);
    this.kafkaPort = ports.get(1);
  }

  static LocalTestServers start(Checkout checkout) {
    try {
      Path folder = Files.createTempDirectory("threadmill-test-");
      // The database server may have to run as another user, who must get through to its own
      // folder.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      var servers = new LocalTestServers(checkout, folder);
      Runtime.getRuntime().addShutdownHook(new Thread(servers::stop, "stop-test-servers"));
      return servers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String bootstrapServers() {
    synchronized (kafkaLock) {
      if (kafka == null) {
        startKafka();
      }
      return "127.0.0.1:" + kafkaPort;
    }
  }

  @Override
  public Database createDatabase() {
    synchronized (postgresLock) {
      if (postgres == null) {
        startPostgres();
      }
      String name = "test_" + databases.incrementAndGet();
      PostgresServer server = Objects.requireNonNull(postgres);
      try {
        server.createDatabase(name);
      } catch (SQLException e) {
        throw new IllegalStateException("cannot create database " + name, e);
      }
      return new Database(server.jdbcUrl(name), PostgresServer.USER, PASSWORD);
    }
  }

  @Override
  public void stopKafka() {
    synchronized (kafkaLock) {
      if (kafka != null) {
        kafka.close();
      }
    }
  }

  @Override
  public void startKafka() {
    synchronized (kafkaLock) {
      if (kafka == null || !kafka.process().isAlive()) {
        kafka =
            KafkaBroker.start(
                checkout, folder.resolve("kafka"), kafkaPort, folder.resolve("kafka.log"));
      }
    }
  }

  @Override
  public void stopPostgres() {
    synchronized (postgresLock) {
      if (postgres != null) {
        postgres.close();
      }
    }
  }

  @Override
  public void startPostgres() {
    synchronized (postgresLock) {
      if (postgres == null || !postgres.process().isAlive()) {
        PostgresInstall install = PostgresInstall.provide(checkout, LOG::info);
        Cluster cluster = Cluster.in(folder, install, PASSWORD);
        postgres =
            PostgresServer.start(
                checkout,
                cluster,
                postgresPort,
                PostgresServer.Durability.NONE,
                folder.resolve("postgres.log"));
      }
    }
  }

  private void stop() {
    stopPostgres();
    stopKafka();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      LOG.warn("cannot delete {}: {}", folder, e.getMessage());
    }
  }
}
