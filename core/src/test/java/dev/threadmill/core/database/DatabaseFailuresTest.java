package dev.threadmill.core.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

class DatabaseFailuresTest {
  private final SQLExceptionTranslator spring =
      new SQLErrorCodeSQLExceptionTranslator("PostgreSQL");

  @ParameterizedTest
  @ValueSource(strings = {"40P01", "40001", "55P03"})
  void a_transaction_that_had_to_give_way_is_tried_again_and_the_database_is_not_away(
      String state) {
    RuntimeException failure = failure(state);

    assertThat(DatabaseFailures.isConflict(failure)).isTrue();
    assertThat(DatabaseFailures.isAway(failure)).isFalse();
    assertThat(DatabaseFailures.passes(failure)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01"})
  void a_connection_that_was_cut_says_that_the_database_is_away(String state) {
    RuntimeException failure = failure(state);

    assertThat(DatabaseFailures.isAway(failure)).isTrue();
    assertThat(DatabaseFailures.passes(failure)).isTrue();
    assertThat(DatabaseFailures.isConflict(failure)).isFalse();
  }

  @Test
  void what_can_not_work_is_not_tried_again() {
    assertThat(DatabaseFailures.passes(new DataIntegrityViolationException("no"))).isFalse();
    assertThat(DatabaseFailures.passes(failure("42601"))).isFalse();
  }

  private RuntimeException failure(String state) {
    return new IllegalStateException(
        spring.translate("a test", null, new SQLException("no", state)));
  }
}
