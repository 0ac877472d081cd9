package dev.threadmill.core.database;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Tells a database that is away, where waiting helps, from a statement that can't work. */
public final class DatabaseFailures {
  private DatabaseFailures() {}

  /** Whether the failure, or one of its causes, says that the database is away for a while. */
  public static boolean isAway(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessResourceFailureException
          || cause instanceof TransientDataAccessException
          || cause instanceof CannotCreateTransactionException
          || (cause instanceof SQLException sql && connectionLost(sql))
          // Begin, commit and rollback fail with nothing better when the pool has closed a
          // connection.
          || cause instanceof TransactionSystemException) {
        return true;
      }
    }
    return false;
  }

  /** A commit or rollback on a connection that was cut comes with no more than its SQL state. */
  private static boolean connectionLost(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }
}
