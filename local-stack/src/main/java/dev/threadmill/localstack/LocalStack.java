package dev.threadmill.localstack;

import dev.threadmill.localstack.kafka.KafkaBroker;
import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.postgres.PostgresInstall;
import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.process.LeashedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Starts PostgreSQL, Kafka, the Chatwoot simulator and the four services on this machine. */
public final class LocalStack {

  static final String DATABASE = "threadmill";
  static final String DATABASE_USER = PostgresServer.USER;
  static final String ENV_FILE = "stack.env";

  private LocalStack() {}

  /**
   * Starts a stack and returns when every service is ready. Processes that end are not started
   * again.
   *
   * @throws IllegalStateException with the reason and the end of the log, when a part does not
   *     start; nothing is left running then
   */
  public static RunningStack start(StackOptions options, Consumer<String> progress) {
    RunningStack stack = prepare(options, progress);
    try {
      stack.start();
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
    return stack;
  }

  /** A stack of which nothing runs yet. Ports, jars and database programs are there afterwards. */
  static RunningStack prepare(StackOptions options, Consumer<String> progress) {
    options.ports().requireFree();
    Path logs = freshLogs(options);
    StackSecrets secrets = StackSecrets.of(options);
    var services = new Services(options, secrets);
    var account = SyncedAccount.of(options, services.simulatorUrl());
    account.requireIn(options.directory());
    List<ServiceSpec> specs = services.services();
    PostgresInstall install = PostgresInstall.provide(options.checkout(), progress);
    Cluster cluster = Cluster.in(options.directory(), install, secrets.databasePassword());

    List<Member> servers = new ArrayList<>();
    servers.add(new Member("postgres", () -> startPostgres(options, cluster, account, logs)));
    servers.add(new Member("kafka", () -> startKafka(options, logs)));
    if (options.usesSimulator()) {
      servers.add(member(services.simulator(), options, logs));
    }
    List<Member> members = specs.stream().map(spec -> member(spec, options, logs)).toList();
    return new RunningStack(options, secrets, services, List.of(servers, members), progress);
  }

  private static Member member(ServiceSpec spec, StackOptions options, Path logs) {
    return new Member(spec.name(), changes -> spec.with(changes).start(options.checkout(), logs));
  }

  private static LeashedProcess startPostgres(
      StackOptions options, Cluster cluster, SyncedAccount account, Path logs) {
    var server =
        PostgresServer.start(
            options.checkout(),
            cluster,
            options.ports().number("POSTGRES_PORT"),
            PostgresServer.Durability.SAFE,
            logs.resolve("postgres.log"));
    try {
      server.createDatabase(DATABASE);
      account.settleIn(options.directory(), server);
    } catch (SQLException e) {
      server.close();
      throw new IllegalStateException("cannot prepare the database " + DATABASE, e);
    }
    return server.process();
  }

  private static LeashedProcess startKafka(StackOptions options, Path logs) {
    return KafkaBroker.start(
            options.checkout(),
            options.directory().resolve("kafka"),
            options.ports().number("KAFKA_PORT"),
            logs.resolve("kafka.log"))
        .process();
  }

  /** The folder of logs; those of the start before stay there as {@code .log.1}. */
  private static Path freshLogs(StackOptions options) {
    try {
      Path logs = Files.createDirectories(options.logs());
      try (Stream<Path> files = Files.list(logs)) {
        for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
          if (!log.getFileName().toString().equals(Commands.STACK_LOG)) {
            Files.move(
                log,
                log.resolveSibling(log.getFileName() + ".1"),
                StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
      return logs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code up}, {@code down}, {@code status}, {@code logs} or {@code clean}. */
  public static void main(String[] arguments) {
    System.setProperty(
        "log4j2.configurationFile", "classpath:dev/threadmill/localstack/terminal-log4j2.xml");
    System.exit(Commands.run(arguments.length == 0 ? "" : arguments[0]));
  }
}
