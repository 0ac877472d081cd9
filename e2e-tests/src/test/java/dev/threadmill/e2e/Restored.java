package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.kafka.KafkaBroker;
import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.postgres.PostgresInstall;
import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.postgres.PostgresServer.Durability;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A backup of a stack's database, in which services have roles of their own, and a cluster and a
 * broker of nothing to restore it to.
 */
final class Restored implements AutoCloseable {
  private static final String PASSWORD = "of-the-restored";
  private static final List<String> SERVICES =
      List.of("ingest-service", "embed-worker-1", "scheduler-service", "api-gateway");

  private final FaultStack faults;
  private final Path directory;
  private final Path dump;
  private final Checkout checkout = Checkout.find();
  private final PostgresInstall install = PostgresInstall.provide(checkout, line -> {});
  private final CompletableFuture<PostgresServer> postgres;
  private final CompletableFuture<KafkaBroker> kafka;
  private final List<Long> dead = new ArrayList<>();

  /** The servers start meanwhile. */
  Restored(FaultStack faults, Path directory) {
    this.faults = faults;
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    this.dump = directory.resolve("threadmill.dump");
    this.postgres = CompletableFuture.supplyAsync(this::startPostgres);
    this.kafka = CompletableFuture.supplyAsync(this::startKafka);
  }

  private PostgresServer startPostgres() {
    return PostgresServer.start(
        checkout,
        Cluster.in(directory, install, PASSWORD),
        Ports.free(),
        Durability.NONE,
        directory.resolve("postgres.log"));
  }

  private KafkaBroker startKafka() {
    return KafkaBroker.start(
        checkout, directory.resolve("kafka"), Ports.free(), directory.resolve("kafka.log"));
  }

  /** While everything runs. */
  void backUp() {
    giveRoles(faults.tables);
    run(
        "pg_dump",
        faults.tables.password(),
        "--format=custom",
        "--file=" + dump,
        address(faults.tables));
  }

  /** The services stop, and start again on the restored database and the empty broker. */
  void restore() {
    dead.add(faults.pid("embed-worker-1"));
    FaultsIT.inParallel(SERVICES, faults::terminate);
    PostgresServer server = postgres.join();
    try {
      server.createDatabase("threadmill");
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
    Tables tables = new Tables(server.jdbcUrl("threadmill"), PostgresServer.USER, PASSWORD);
    run(
        "pg_restore",
        PASSWORD,
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        "--dbname=" + address(tables),
        dump.toString());
    giveRoles(tables);
    faults.tables = tables;
    faults.bootstrapServers = kafka.join().bootstrapServers();
    FaultsIT.inParallel(
        SERVICES,
        service ->
            faults.stack.restart(
                service,
                Map.of(
                    "SPRING_DATASOURCE_URL",
                    tables.url(),
                    "SPRING_DATASOURCE_PASSWORD",
                    PASSWORD,
                    "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                    faults.bootstrapServers)));
  }

  /** Embed workers that held rows when the backup was made. */
  List<Long> dead() {
    return dead;
  }

  private void giveRoles(Tables tables) {
    run(
        "psql",
        tables.password(),
        "--no-psqlrc",
        "--quiet",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        checkout.root().resolve("deploy/roles.sql").toString(),
        address(tables));
  }

  private static String address(Tables tables) {
    return tables.url().replace("jdbc:", "").replace("//", "//" + tables.user() + "@");
  }

  private void run(String program, String password, String... arguments) {
    List<String> command =
        Stream.concat(Stream.of(install.bin().resolve(program).toString()), Stream.of(arguments))
            .toList();
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", password);
    if (install.libraryPath() != null) {
      builder.environment().put("LD_LIBRARY_PATH", install.libraryPath());
    }
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(program + ": " + output).isZero();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    // Those that stand on them first.
    FaultsIT.inParallel(SERVICES, faults::terminate);
    postgres.join().close();
    kafka.join().close();
  }
}
