package dev.threadmill.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** deploy/roles.sql, held against the table in docs/ARCHITECTURE.md and the SQL of the services. */
@GatewayTest
class RolesIT {
  private static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final Map<String, String> ROLES =
      Map.of(
          "ingest-service", "threadmill_ingest",
          "embed-worker", "threadmill_embed",
          "scheduler-service", "threadmill_scheduler",
          "api-gateway", "threadmill_gateway");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|[^|]*\\|(.*)\\|$");
  private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");
  private static final Pattern WRITE =
      Pattern.compile("(insert into|update|delete from)\\s+([a-z_]+)");

  @Autowired private JdbcClient jdbc;
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private TransactionTemplate transaction;
  @Autowired private javax.sql.DataSource database;

  private Set<String> tables;

  @BeforeEach
  void grant() throws Exception {
    String script = Files.readString(ROOT.resolve("deploy/roles.sql"));
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(script);
    }
    tables =
        new TreeSet<>(
            jdbc.sql(
                    """
                    select tablename from pg_tables
                    where schemaname = 'public' and tablename <> 'flyway_schema_history'
                    """)
                .query(String.class)
                .list());
  }

  /** Module → tables that its row names. */
  private Map<String, Set<String>> owned() throws IOException {
    Map<String, Set<String>> owned = new TreeMap<>();
    ROW.matcher(Files.readString(ROOT.resolve("docs/ARCHITECTURE.md")))
        .results()
        .forEach(
            row ->
                owned.put(
                    row.group(1),
                    NAME.matcher(row.group(2))
                        .results()
                        .map(name -> name.group(1))
                        .filter(tables::contains)
                        .collect(Collectors.toSet())));
    return owned;
  }

  @Test
  void every_table_has_an_owner_in_the_architecture() throws IOException {
    Set<String> nobodys = new TreeSet<>(tables);
    owned().values().forEach(nobodys::removeAll);

    assertThat(nobodys).as("name them in the table of docs/ARCHITECTURE.md").isEmpty();
  }

  @Test
  void a_role_writes_what_its_service_owns_and_of_others_only_what_is_everybodys()
      throws IOException {
    Map<String, Set<String>> owned = owned();
    ROLES.forEach(
        (service, role) -> {
          Set<String> own = owned.get(service);
          assertThat(own).isNotEmpty();
          Set<String> written =
              tables.stream()
                  .filter(table -> may(role, "insert", table) || may(role, "update", table))
                  .collect(Collectors.toSet());
          Set<String> foreign = new HashSet<>(written);
          foreign.removeAll(own);
          foreign.removeAll(owned.get("core"));
          assertThat(written).as(role).containsAll(own);
          assertThat(foreign).as(role + " may write what is not its own").isEmpty();
        });
  }

  @Test
  void a_role_allows_every_write_that_stands_in_the_sources_of_its_service() throws IOException {
    for (var service : ROLES.entrySet()) {
      Set<String> writes = writes(service.getKey());
      assertThat(writes).isNotEmpty();
      for (String write : writes) {
        String[] words = write.split(" ");
        assertThat(may(service.getValue(), words[0], words[1]))
            .as(service.getKey() + ": " + write + "; see deploy/roles.sql")
            .isTrue();
      }
    }
  }

  @Test
  void a_role_deletes_only_from_tables_from_which_its_service_or_core_does() throws IOException {
    Set<String> ofCore = writes("core");
    for (var service : ROLES.entrySet()) {
      Set<String> allowed = new TreeSet<>(writes(service.getKey()));
      allowed.addAll(ofCore);
      String role = service.getValue();
      assertThat(tables.stream().filter(table -> may(role, "delete", table)).map("delete "::concat))
          // Which the worker's role owns.
          .filteredOn(delete -> !(delete.equals("delete rag_vectors") && role.endsWith("_embed")))
          .as(role)
          .isSubsetOf(allowed);
    }
    for (String table :
        List.of("projects", "project_sources", "api_tokens", "erasures", "project_deletions")) {
      for (String role : ROLES.values()) {
        assertThat(may(role, "delete", table)).as(role + " deletes from " + table).isFalse();
      }
    }
    for (String role : ROLES.values()) {
      assertThat(may(role, "insert", "rag_words") || may(role, "delete", "rag_words")).isFalse();
    }
  }

  private Set<String> writes(String module) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
      Set<String> writes = new TreeSet<>();
      for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
        WRITE
            .matcher(Files.readString(file))
            .results()
            .filter(write -> tables.contains(write.group(2)))
            .forEach(write -> writes.add(write.group(1).split(" ")[0] + " " + write.group(2)));
      }
      return writes;
    }
  }

  private boolean may(String role, String verb, String table) {
    String check =
        verb.equals("delete")
            ? "has_table_privilege(:role, :table, :verb)"
            : "has_any_column_privilege(:role, :table, :verb)";
    return jdbc.sql("select " + check)
        .param("role", role)
        .param("table", table)
        .param("verb", verb)
        .query(Boolean.class)
        .single();
  }

  @Test
  void the_gateway_cannot_write_messages_texts_or_vectors_and_cannot_change_the_audit_log() {
    Rows rows = new Rows(jdbc);
    long message = rows.found("a parcel");
    for (String statement :
        List.of(
            "update cw_messages set content = 'forged'",
            "delete from cw_conversations",
            "update rag_chunks set text = 'forged'",
            "update rag_vectors set project_id = project_id",
            "delete from rag_chunks",
            "update audit_log set token_name = 'somebody else'",
            "delete from row_counts",
            "select delete_project_rows('00000000-0000-4000-8000-000000000000', 1)",
            "select erase_rows('00000000-0000-4000-8000-000000000000', 1)",
            "create table mine (id int)",
            "create temporary table mine (id int)")) {
      assertThatThrownBy(() -> as("threadmill_gateway", statement))
          .as(statement)
          .hasStackTraceContaining("permission denied");
    }
    assertThat(message).isPositive();
    assertThatCode(
            () ->
                as(
                    "threadmill_gateway",
                    "update rag_chunks set embedding_fence = embedding_fence + 1"))
        .doesNotThrowAnyException();
  }

  /** The embed worker may create tables, so it could choose what such a function writes. */
  @Test
  void nobody_puts_a_function_with_its_owners_rights_on_a_table_of_their_own() {
    List<String> functions =
        jdbc.sql(
                """
                select p.proname from pg_proc p
                where p.pronamespace = 'public'::regnamespace and p.prorettype = 'trigger'::regtype and p.prosecdef
                """)
            .query(String.class)
            .list();
    assertThat(functions).contains("withdraw_account", "begin_source", "keep_out_erased");
    for (String function : functions) {
      assertThatThrownBy(
              () ->
                  as(
                      "threadmill_embed",
                      """
                      create table mine (base_url text, external_id text);
                      create trigger mine after delete on mine for each row execute function %s()
                      """
                          .formatted(function)))
          .as(function)
          .hasStackTraceContaining("permission denied for function " + function);
    }
    for (String helper :
        List.of("tables_of_projects()", "delete_some_rows(uuid,text,text,text[],integer)")) {
      assertThat(
              jdbc.sql("select has_function_privilege('threadmill_gateway', :helper, 'execute')")
                  .param("helper", helper)
                  .query(Boolean.class)
                  .single())
          .as(helper)
          .isFalse();
    }
  }

  @Test
  void the_embed_worker_indexes_vectors_and_leaves_texts_alone() {
    new Rows(jdbc).found("a parcel");

    assertThatThrownBy(() -> as("threadmill_embed", "update rag_chunks set text = 'forged'"))
        .hasStackTraceContaining("permission denied");
    assertThatCode(
            () ->
                as(
                    "threadmill_embed",
                    "create index roles_it on rag_vectors (chunk_id, position); drop index roles_it"))
        .doesNotThrowAnyException();
  }

  @Test
  void counts_are_kept_and_vectors_forgotten_though_the_writer_may_not_write_them() {
    Rows rows = new Rows(jdbc);
    rows.found("a parcel");

    as(
        "threadmill_ingest",
        """
        update rag_chunks set text = 'edited', text_hash = repeat('a', 64), embedding = null, embedding_model = null,
          embedding_status = 'pending' where project_id = '%s'
        """
            .formatted(rows.project));

    assertThat(count("rag_vectors", rows)).isZero();
    assertThat(
            jdbc.sql(
                    """
                    select sum(delta) from row_count_changes where project_id = :project and kind = 'chunks_pending'
                    """)
                .param("project", rows.project)
                .query(Long.class)
                .single())
        .isEqualTo(1);
    assertThat(may("threadmill_ingest", "insert", "row_count_changes")).isFalse();
    assertThat(may("threadmill_ingest", "update", "rag_vectors")).isFalse();
  }

  @Test
  void the_gateway_binds_sources_and_says_what_is_to_be_erased() {
    Rows rows = new Rows(jdbc);
    URI server = URI.create("https://" + rows.project + ".example.com");
    jdbc.sql("insert into sync_watermarks (project_id, source) values (:project, 'chatwoot:5')")
        .param("project", rows.project)
        .update();

    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("set local role threadmill_gateway").update();
          Source bound = sources.bind(rows.project, server, 5);
          assertThat(erasures.request(bound, Kind.CONTACT, 7, "test")).isPresent();
          assertThat(erasures.request(bound, Kind.SOURCE, 5, "test")).isPresent();
        });

    assertThat(count("erased_things", rows)).isEqualTo(1);
    assertThat(count("sync_watermarks", rows)).isZero();
  }

  private long count(String table, Rows rows) {
    return jdbc.sql("select count(*) from " + table + " where project_id = :project")
        .param("project", rows.project)
        .query(Long.class)
        .single();
  }

  private void as(String role, String statement) {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("set local role " + role).update();
          jdbc.sql(statement).update();
        });
  }
}
