package dev.threadmill.core.database;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Tells a database that is away, where waiting helps, from a statement that can't work. */
public final class DatabaseFailures {
  /**
   * A deadlock, a transaction that could not be serialized, and a lock that was not had in time.
   */
  private static final Set<String> CONFLICTS = Set.of("40P01", "40001", "55P03");

  /**
   * A character that no text holds, in a text or in JSON; a number or a time out of range; a word
   * that is too long to be looked for.
   */
  private static final Set<String> UNSTORABLE = Set.of("22021", "22P05", "22003", "22008", "54000");

  private DatabaseFailures() {}

  /**
   * Whether the same work may succeed when it is done again: the database is away for a while, or
   * gave up this transaction for another.
   */
  public static boolean passes(@Nullable Throwable failure) {
    return isConflict(failure) || isAway(failure);
  }

  /**
   * Whether the database, which is there, ended this transaction because it and another waited for
   * each other, or one too long for the other, or they could not be put in an order.
   */
  public static boolean isConflict(@Nullable Throwable failure) {
    return says(CONFLICTS, failure);
  }

  /**
   * Whether a value that somebody sent is of the right kind, and still none PostgreSQL can hold.
   */
  public static boolean isUnstorable(@Nullable Throwable failure) {
    return says(UNSTORABLE, failure);
  }

  /** Whether PostgreSQL ended the statement because it took longer than it was given. */
  public static boolean isTimeout(@Nullable Throwable failure) {
    return says(Set.of("57014"), failure);
  }

  /** PostgreSQL's code for what went wrong, of the failure or a cause of it. */
  public static Optional<String> sqlState(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return Optional.of(sql.getSQLState());
      }
    }
    return Optional.empty();
  }

  private static boolean says(Set<String> states, @Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && states.contains(state(sql))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the failure, or one of its causes, says that the database is away for a while. */
  public static boolean isAway(@Nullable Throwable failure) {
    return !isConflict(failure) && !isUnstorable(failure) && saysAway(failure);
  }

  private static boolean saysAway(@Nullable Throwable failure) {
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
    String state = state(failure);
    return state.startsWith("08") || state.startsWith("57P");
  }

  private static String state(SQLException failure) {
    return Objects.requireNonNullElse(failure.getSQLState(), "");
  }
}
