package dev.threadmill.core.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While an upgrade goes on, services of the version before run on the schema of the new one. */
class MigrationTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("threadmill.root"), "core/src/main/resources/db/migration");

  // Up to this one they had landed before there was this rule, and what has landed is not changed.
  private static final int LANDED = 90;

  @Test
  void the_version_before_can_live_with_every_migration() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path migration : migrations()) {
      if (number(migration) > LANDED) {
        for (String statement : Contractions.in(Files.readString(migration))) {
          found.add(migration.getFileName() + ": " + statement);
        }
      }
    }

    assertThat(found)
        .as(
            "Expand now, contract in a later version; then a comment right above the statement says:"
                + " -- contract: why no version that may still run needs it")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "drop table a",
        "DROP FUNCTION f(text)",
        "truncate a",
        "drop index a",
        "alter table a drop constraint b",
        "alter table a add column b int, drop column c",
        "alter table a rename to b",
        "alter table a rename column b to c",
        "alter table a alter column b type bigint",
        "alter table a alter column b set data type bigint",
        "alter table a alter column b set not null",
        "alter table a add column b int not null, add column c int default 1"
      })
  void what_the_version_before_can_not_live_with_is_found(String statement) {
    String before = "-- One, then another.\nselect 1;\n";

    assertThat(Contractions.in(before + statement + ";\nselect 2;")).containsExactly(statement);
    assertThat(Contractions.in(before + "-- contract: nothing reads it\n" + statement)).isEmpty();
    assertThat(Contractions.in(before + "-- contract:\n" + statement)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table a (b int not null)",
        "alter table a add column b int not null default 0, add column c int",
        "alter table a alter column c drop not null",
        "create function a() returns void language sql as $$ truncate b; drop table c; $$",
        "-- drop table a;\nselect 1"
      })
  void what_it_can_live_with_is_not_found(String statement) {
    assertThat(Contractions.in(statement + ";\nselect 2;")).isEmpty();
  }

  @Test
  void a_block_that_runs_at_once_is_looked_into_and_a_function_is_not() {
    String sql =
        """
        do $$ begin drop table a; end $$;
        create function f() returns void language sql as $$ drop table b; $$;
        """;

    assertThat(Contractions.in(sql)).containsExactly("do $$ begin drop table a");
  }

  private static List<Path> migrations() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.getFileName().toString().matches("V.*\\.sql")).toList();
    }
  }

  private static int number(Path migration) {
    String name = migration.getFileName().toString();
    return Integer.parseInt(name.substring(1, name.indexOf("__")));
  }
}
