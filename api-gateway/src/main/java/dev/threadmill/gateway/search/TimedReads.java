package dev.threadmill.gateway.search;

import dev.threadmill.core.database.DatabaseFailures;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads that end in time. Nobody's search may hold a connection for long: there are few of them,
 * for all projects.
 */
@Repository
class TimedReads {
  private final JdbcClient jdbc;
  private final TransactionOperations transaction;

  TimedReads(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    var readOnly = new TransactionTemplate(transactions);
    readOnly.setReadOnly(true);
    this.transaction = readOnly;
  }

  /**
   * Reads in a transaction of its own.
   *
   * @throws TooSlowException when it takes longer
   */
  <T> List<T> until(Deadline deadline, Supplier<List<T>> reading) {
    try {
      return Objects.requireNonNull(
          transaction.execute(
              status -> {
                var unused =
                    jdbc.sql("select set_config('statement_timeout', :left, true)")
                        .param("left", deadline.left())
                        .query(String.class)
                        .single();
                return reading.get();
              }));
    } catch (DataAccessException failed) {
      if (DatabaseFailures.isTimeout(failed)) {
        throw new TooSlowException(failed);
      }
      throw failed;
    }
  }
}
