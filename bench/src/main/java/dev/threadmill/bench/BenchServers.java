package dev.threadmill.bench;

import dev.threadmill.localstack.kafka.KafkaBroker;
import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.postgres.PostgresInstall;
import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.postgres.PostgresServer.Durability;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Folders;
import dev.threadmill.localstack.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** PostgreSQL, as safe as in production, and Kafka, in a folder that goes with them. */
public final class BenchServers implements AutoCloseable {
  private static final String PASSWORD = "threadmill";

  private final Checkout checkout;
  private final Path folder;

  /**
   * What PostgreSQL's manual asks of a server of its own: a share of the memory for its pages (with
   * the 128 MB of the default, indexes of vectors are read through the system again and again), and
   * a checkpoint every few minutes instead of one per gigabyte of log.
   */
  private static final List<String> SETTINGS = List.of("shared_buffers=2GB", "max_wal_size=8GB");

  private final PostgresServer postgres;
  private final KafkaBroker kafka;
  private int databases;

  private BenchServers(Checkout checkout, Path folder, PostgresServer postgres, KafkaBroker kafka) {
    this.checkout = checkout;
    this.folder = folder;
    this.postgres = postgres;
    this.kafka = kafka;
  }

  static BenchServers start() throws IOException {
    Checkout checkout = Checkout.find();
    Path folder = Files.createTempDirectory("threadmill-bench-");
    // The database server may have to run as another user, who must get through to its own folder.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Cluster cluster =
        Cluster.in(folder, PostgresInstall.provide(checkout, System.out::println), PASSWORD);
    PostgresServer postgres =
        PostgresServer.start(
            checkout,
            cluster,
            Ports.free(),
            Durability.SAFE,
            folder.resolve("postgres.log"),
            SETTINGS);
    KafkaBroker kafka =
        KafkaBroker.start(
            checkout, folder.resolve("kafka"), Ports.free(), folder.resolve("kafka.log"));
    return new BenchServers(checkout, folder, postgres, kafka);
  }

  public Checkout checkout() {
    return checkout;
  }

  /** Where processes write their logs. */
  public Path folder() {
    return folder;
  }

  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** By what was measured and with what, by their names. */
  Map<String, String> versions() throws SQLException {
    String jdbcUrl = createDatabase();
    try (Connection connection = connect(jdbcUrl);
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select current_setting('server_version'), default_version from pg_available_extensions where name = 'vector'")) {
      row.next();
      return Map.of("postgresql", row.getString(1), "pgvector", row.getString(2));
    }
  }

  /** A new, empty database; the answer is its JDBC address. */
  public String createDatabase() throws SQLException {
    String name = "bench_" + ++databases;
    postgres.createDatabase(name);
    return postgres.jdbcUrl(name);
  }

  public String user() {
    return PostgresServer.USER;
  }

  public String password() {
    return PASSWORD;
  }

  public Connection connect(String jdbcUrl) throws SQLException {
    return DriverManager.getConnection(jdbcUrl, user(), password());
  }

  @Override
  public void close() throws IOException {
    kafka.close();
    postgres.close();
    Folders.delete(folder);
  }
}
