package dev.threadmill.core.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.localstack.certificate.OwnCertificate;
import dev.threadmill.localstack.postgres.Cluster;
import dev.threadmill.localstack.postgres.PostgresInstall;
import dev.threadmill.localstack.postgres.PostgresServer;
import dev.threadmill.localstack.postgres.PostgresServer.Durability;
import dev.threadmill.localstack.process.Checkout;
import dev.threadmill.localstack.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.sql.DriverManager;
import java.util.Base64;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A server that encrypts, and services that want it so, with its certificate and without. */
@ExtendWith(OutputCaptureExtension.class)
class SecuredPostgresIT {
  private static final String PASSWORD = "the password of this server";

  @TempDir private static Path directory;
  private static OwnCertificate certificate;
  private static PostgresServer server;

  @BeforeAll
  static void server() throws Exception {
    certificate = OwnCertificate.create(directory.resolve("certificate"));
    Checkout checkout = Checkout.find();
    Cluster cluster =
        Cluster.in(directory, PostgresInstall.provide(checkout, System.out::println), PASSWORD);
    server =
        PostgresServer.start(
            checkout, cluster, Ports.free(), Durability.NONE, directory.resolve("postgres.log"));
    try (var connection =
            DriverManager.getConnection(server.jdbcUrl("postgres"), PostgresServer.USER, PASSWORD);
        var statement = connection.createStatement()) {
      // The server writes them itself: it runs as another user, and takes a key only from itself.
      statement.execute(writing("server.crt", Files.readString(certificate.authority())));
      statement.execute(writing("server.key", certificate.key()));
      statement.execute("alter system set ssl = on");
      statement.execute("select pg_reload_conf()");
    }
    // The server listens to it a moment later.
    try (var pool = verifying(certificate.authority())) {
      await()
          .ignoreExceptions()
          .until(
              () -> {
                try (var connection = pool.getConnection()) {
                  return connection.isValid(1);
                }
              });
    }
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    Cluster.delete(directory);
  }

  @Test
  void with_the_authority_that_signed_the_certificate_a_service_is_connected_and_encrypted() {
    try (var pool = verifying(certificate.authority())) {
      new DatabaseWait(pool).untilItAnswers();

      assertThat(
              JdbcClient.create(pool)
                  .sql("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
                  .query(Boolean.class)
                  .single())
          .isTrue();
    }
  }

  @Test
  void with_another_authority_a_service_says_what_to_look_at_and_does_not_connect(
      CapturedOutput output) throws Exception {
    try (var pool = verifying(anyPublicAuthority())) {
      var wait = new DatabaseWait(pool);
      Thread starting = new Thread(wait::untilItAnswers);
      starting.setUncaughtExceptionHandler((thread, stopped) -> {});
      starting.start();
      try {
        await()
            .untilAsserted(
                () ->
                    assertThat(output).contains("SPRING_DATASOURCE_URL", "sslmode", "sslrootcert"));

        assertThat(starting.isAlive()).isTrue();
        assertThat(output).doesNotContain(PASSWORD, "PostgreSQL answers");
      } finally {
        starting.interrupt();
        starting.join();
      }
    }
  }

  private static HikariDataSource verifying(Path authority) {
    var pool = new HikariDataSource();
    pool.setJdbcUrl(server.jdbcUrl("postgres") + "?sslmode=verify-full&sslrootcert=" + authority);
    pool.setUsername(PostgresServer.USER);
    pool.setPassword(PASSWORD);
    pool.setMaximumPoolSize(2);
    pool.setConnectionTimeout(500);
    pool.setInitializationFailTimeout(-1);
    return pool;
  }

  /** One that the JDK trusts, and that never heard of this server. */
  private static Path anyPublicAuthority() throws Exception {
    Path trusted = Path.of(System.getProperty("java.home"), "lib/security/cacerts");
    KeyStore store = KeyStore.getInstance(trusted.toFile(), "changeit".toCharArray());
    Certificate one = store.getCertificate(Collections.list(store.aliases()).getFirst());
    return Files.writeString(
        directory.resolve("other.crt"),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(one.getEncoded())));
  }

  private static String writing(String file, String pem) {
    return "copy (select line from unnest(string_to_array('%s', E'\\n')) line) to program 'umask 077; cat > %s'"
        .formatted(pem.replace("\r", "").strip(), file);
  }
}
