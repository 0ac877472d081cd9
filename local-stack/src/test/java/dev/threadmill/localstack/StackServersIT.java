package dev.threadmill.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.postgres.PostgresInstall;
import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.postgres.PostgresServer.Durability;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.LeashedProcess;
import dev.threadmill.localstack.process.Ports;
import dev.threadmill.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackServersIT {

  private final Checkout checkout = Checkout.find();
  private final List<String> said = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeEach
  void let_the_database_user_in() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
  }

  @Test
  void a_killed_server_starts_again_with_its_data() throws Exception {
    Cluster cluster = Cluster.in(folder, PostgresInstall.provide(checkout, said::add), "secret");
    try (PostgresServer server = start(cluster)) {
      server.createDatabase("kept");
      server.process().kill();
    }

    try (PostgresServer server = start(cluster)) {
      DriverManager.getConnection(server.jdbcUrl("kept"), PostgresServer.USER, "secret").close();
    }
  }

  @Test
  void the_lock_file_of_a_long_dead_server_is_no_hindrance() throws Exception {
    Cluster cluster = Cluster.in(folder, PostgresInstall.provide(checkout, said::add), "secret");
    start(cluster).close();
    // The process of that id lives, but is no server: ids are used again.
    Files.writeString(
        cluster.data().resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");

    PostgresServer server = start(cluster);

    assertThat(server.process().isAlive()).isTrue();
    server.close();
  }

  @Test
  void a_service_that_fails_ends_the_start_and_shows_its_log() {
    Member good = new Member("good", () -> sleeper("good"));
    Member bad =
        new Member(
            "bad",
            () -> {
              throw new IllegalStateException("bad ended with status 1");
            });
    var crew = new Crew(said::add);

    assertThatThrownBy(() -> crew.start(List.of(good, bad)))
        .hasMessageContaining("bad ended with status 1");

    crew.giveUp();
    Crew.stop(List.of(good, bad));
    assertThat(good.process())
        .hasValueSatisfying(process -> assertThat(process.isAlive()).isFalse());
  }

  private LeashedProcess sleeper(String name) {
    return LeashedProcess.start(
        checkout,
        ProcessSpec.of(name, List.of("sleep", "600"), Map.of(), folder.resolve(name + ".log")));
  }

  private PostgresServer start(Cluster cluster) {
    return PostgresServer.start(
        checkout, cluster, Ports.free(), Durability.NONE, folder.resolve("postgres.log"));
  }
}
