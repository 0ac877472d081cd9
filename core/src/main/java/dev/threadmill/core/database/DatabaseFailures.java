package dev.threadmill.core.database;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells a database that is away, where waiting helps, from a statement that can't work. */
public final class DatabaseFailures {
  private DatabaseFailures() {}

  /** Whether the failure, or one of its causes, says that the database is away for a while. */
  public static boolean isAway(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessResourceFailureException
          || cause instanceof TransientDataAccessException
          || cause instanceof CannotCreateTransactionException) {
        return true;
      }
    }
    return false;
  }
}
