package dev.threadmill.localstack.postgres;

import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.LeashedProcess;
import dev.threadmill.localstack.process.ProcessSpec;
import dev.threadmill.localstack.process.Waiting;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A running PostgreSQL server of our own, on the loopback address, with its data in a folder of our
 * own.
 */
public final class PostgresServer implements AutoCloseable {

  /** The only user of the cluster, its superuser. */
  public static final String USER = "threadmill";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final LeashedProcess process;
  private final int port;
  private final String password;

  private PostgresServer(LeashedProcess process, int port, String password) {
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /** What the server does about a crash of the machine. */
  public enum Durability {
    /** What was committed is there afterwards. */
    SAFE,
    /** Nothing is promised; fast, for tests. A crash of the server alone loses nothing. */
    NONE
  }

  /**
   * Starts the server on the data that the cluster has, and waits until it answers.
   *
   * @param log file of the server's messages
   */
  public static PostgresServer start(
      Checkout checkout, Cluster cluster, int port, Durability durability, Path log) {
    return start(checkout, cluster, port, durability, log, List.of());
  }

  /**
   * The same with more settings.
   *
   * @param more as {@code name=value}; they win over ours
   */
  public static PostgresServer start(
      Checkout checkout,
      Cluster cluster,
      int port,
      Durability durability,
      Path log,
      List<String> more) {
    cluster.prepare(durability);
    List<String> settings = settings(cluster, port, durability);
    more.forEach(setting -> settings.addAll(List.of("-c", setting)));
    ProcessSpec spec =
        ProcessSpec.of(
                "PostgreSQL", cluster.command("postgres", settings), cluster.environment(), log)
            .stoppedBy("INT");
    LeashedProcess process = LeashedProcess.start(checkout, spec);
    var server = new PostgresServer(process, port, cluster.password());
    try {
      Waiting.until(process, START_LIMIT, server::answers);
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
    return server;
  }

  private static List<String> settings(Cluster cluster, int port, Durability durability) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=",
                "max_connections=200",
                "shared_buffers=128MB",
                "timezone=UTC",
                "log_timezone=UTC",
                "jit=off",
                // Statements and details of errors carry values of rows, and texts of customers
                // belong in no log.
                "log_min_error_statement=panic",
                "log_error_verbosity=terse"));
    if (durability == Durability.NONE) {
      settings.addAll(List.of("fsync=off", "synchronous_commit=off", "full_page_writes=off"));
    }
    List<String> arguments = new ArrayList<>(List.of("-D", cluster.data().toString()));
    settings.forEach(setting -> arguments.addAll(List.of("-c", setting)));
    return arguments;
  }

  public int port() {
    return port;
  }

  public LeashedProcess process() {
    return process;
  }

  public String password() {
    return password;
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  /** Creates an empty database when there is none of that name. */
  public void createDatabase(String name) throws SQLException {
    try (Connection connection = connect();
        var query = connection.prepareStatement("select 1 from pg_database where datname = ?");
        var create = connection.createStatement()) {
      query.setString(1, name);
      if (!query.executeQuery().next()) {
        create.execute("create database " + create.enquoteIdentifier(name, true));
      }
    }
  }

  /** Stops the server; its data stay. */
  @Override
  public void close() {
    process.close();
  }

  private boolean answers() {
    try (Connection connection = connect()) {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  private Connection connect() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("loginTimeout", "5");
    return DriverManager.getConnection(jdbcUrl("postgres"), properties);
  }
}
