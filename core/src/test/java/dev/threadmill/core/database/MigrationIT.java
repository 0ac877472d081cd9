package dev.threadmill.core.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@ExtendWith(OutputCaptureExtension.class)
class MigrationIT {
  private final Database database = TestServers.shared().createDatabase();

  @Test
  void four_services_that_migrate_an_empty_database_at_once_apply_each_migration_once()
      throws Exception {
    var go = new CountDownLatch(1);
    List<Future<MigrateResult>> results = new ArrayList<>();
    try (var services = Executors.newFixedThreadPool(4)) {
      for (int service = 0; service < 4; service++) {
        Flyway flyway = flyway();
        results.add(
            services.submit(
                () -> {
                  go.await();
                  return flyway.migrate();
                }));
      }
      go.countDown();
    }

    int applied = 0;
    for (Future<MigrateResult> result : results) {
      assertThat(result.get().success).isTrue();
      applied += result.get().migrationsExecuted;
    }
    assertThat(applied).isEqualTo(flyway().info().all().length);
    assertThat(flyway().info().pending()).isEmpty();
  }

  @Test
  void a_job_migrates_while_a_service_waits_and_the_old_version_starts_on_the_new_schema() {
    Flyway flyway = flyway();
    var wait = new DatabaseWait(dataSource());
    try (var service = Executors.newSingleThreadExecutor()) {
      Future<?> waiting =
          service.submit(() -> wait.untilMigrated(() -> flyway.info().pending().length));

      migrate();

      assertThat(waiting).succeedsWithin(Duration.ofSeconds(30));
    }
    assertThat(flyway.info().pending()).isEmpty();

    // As a later version leaves it behind; numbers of its parts need not be the highest.
    JdbcClient.create(dataSource())
        .sql(
            """
            insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,
              installed_by, execution_time, success)
            values (1000, '38', 'of later', 'SQL', 'V038__of_later.sql', 1, 'owner', 1, true),
              (1001, '999', 'of later', 'SQL', 'V999__of_later.sql', 1, 'owner', 1, true)
            """)
        .update();
    migrate();
  }

  @Test
  void encryption_that_the_server_does_not_know_is_said(CapturedOutput output) throws Exception {
    var encrypted =
        new DriverManagerDataSource(
            database.jdbcUrl() + "?sslmode=require", database.username(), database.password());
    Thread waiting =
        Thread.ofVirtual()
            .uncaughtExceptionHandler((thread, interrupted) -> {})
            .start(new DatabaseWait(encrypted)::untilItAnswers);
    try {
      await().untilAsserted(() -> assertThat(output).contains("(sslmode, sslrootcert)"));
    } finally {
      waiting.interrupt();
      waiting.join();
    }
  }

  private void migrate() {
    Migrate.apply(
        "--SPRING_DATASOURCE_URL=" + database.jdbcUrl(),
        "--SPRING_DATASOURCE_USERNAME=" + database.username(),
        "--spring.datasource.url=" + database.jdbcUrl(),
        "--spring.datasource.username=" + database.username(),
        "--spring.datasource.password=" + database.password(),
        "--spring.config.location=classpath:threadmill-core.yml");
  }

  @Test
  void each_foreign_key_is_backed_by_an_index() {
    flyway().migrate();

    List<String> unbacked =
        JdbcClient.create(dataSource())
            .sql(
                """
                select c.conrelid::regclass || '.' || c.conname from pg_constraint c
                where c.contype = 'f' and not exists (
                  select from pg_index i
                  where i.indrelid = c.conrelid
                    and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey)
                """)
            .query(String.class)
            .list();

    assertThat(unbacked).isEmpty();
  }

  @Test
  void servers_that_were_bound_before_get_their_one_spelling() {
    Flyway.configure().dataSource(dataSource()).target("40").load().migrate();
    JdbcClient jdbc = JdbcClient.create(dataSource());
    jdbc.sql(
            """
            with p as (insert into projects (name) select n::text from generate_series(1, 6) n returning id, name)
            insert into project_sources (project_id, source_kind, base_url, external_id)
            select p.id, 'chatwoot', v.base_url, v.account from p join (values
              ('1', 'https://Chat.Example.COM:443/Sub', '1'), ('2', 'http://chat.example.com.:80', '1'),
              ('3', 'http://chat.example.com.:8080', '1'), ('4', 'http://[FE80::A]:3000', '1'),
              ('5', 'https://two.example.com:443', '1'), ('6', 'https://two.example.com', '1'))
              as v (name, base_url, account) using (name)
            """)
        .update();

    flyway().migrate();

    assertThat(jdbc.sql("select base_url from project_sources").query(String.class).list())
        .containsExactlyInAnyOrder(
            "https://chat.example.com/Sub",
            "http://chat.example.com",
            "http://chat.example.com:8080",
            "http://[fe80::a]:3000",
            // Both are there, and one account can't feed two.
            "https://two.example.com:443",
            "https://two.example.com");
  }

  private Flyway flyway() {
    return Flyway.configure().dataSource(dataSource()).load();
  }

  private DriverManagerDataSource dataSource() {
    return new DriverManagerDataSource(
        database.jdbcUrl(), database.username(), database.password());
  }
}
