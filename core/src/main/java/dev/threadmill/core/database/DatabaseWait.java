package dev.threadmill.core.database;

import dev.threadmill.core.settings.InvalidSettingException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits at start until PostgreSQL answers, and says so once; stops the service where waiting can't
 * help.
 */
final class DatabaseWait {
  private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final DataSource dataSource;

  DatabaseWait(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  void untilItAnswers() {
    interruptibly(this::waitForIt);
  }

  /**
   * Waits until somebody has applied all migrations.
   *
   * @param pending asks how many are not applied yet
   */
  void untilMigrated(IntSupplier pending) {
    interruptibly(
        () -> {
          int missing = pending.getAsInt();
          if (missing > 0) {
            log.warn(
                "{} migrations of the schema are not applied; waiting for who applies them,"
                    + " since DATABASE_MIGRATIONS is await",
                missing);
          }
          while (missing > 0) {
            pause();
            missing = pending.getAsInt();
          }
        });
  }

  /**
   * Waits, on the thread that starts the context and holds its lock: whoever ends the process would
   * wait for that lock. Therefore the end of the process interrupts it.
   */
  private static void interruptibly(Runnable waiting) {
    Thread hook = new Thread(Thread.currentThread()::interrupt, "stop-waiting-for-postgresql");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      waiting.run();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The process ends, and the hook did its work.
    }
  }

  private void waitForIt() {
    boolean said = false;
    while (true) {
      try (Connection connection = dataSource.getConnection()) {
        if (said) {
          log.info("PostgreSQL answers");
        }
        return;
      } catch (SQLException notYet) {
        stopWhereWaitingIsVain(notYet);
        if (!said) {
          log.warn(
              encryptionFails(notYet)
                  ? "PostgreSQL can't be spoken to with encryption as SPRING_DATASOURCE_URL wants"
                      + " it (sslmode, sslrootcert); trying again"
                  : "PostgreSQL does not answer at SPRING_DATASOURCE_URL; waiting for it");
          said = true;
        }
      }
      pause();
    }
  }

  /** The server knows no encryption, or its certificate is not trusted. */
  private static boolean encryptionFails(SQLException exception) {
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException
          || (cause instanceof SQLException sql && "08004".equals(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  /** The pool's exception says only that time ran out; PostgreSQL's own answer is its cause. */
  private static void stopWhereWaitingIsVain(SQLException exception) {
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      String state =
          cause instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
      if (state.startsWith("28")) {
        throw new InvalidSettingException(
            "SPRING_DATASOURCE_PASSWORD",
            "(or SPRING_DATASOURCE_USERNAME) is refused by PostgreSQL: the login failed");
      }
      if (state.startsWith("3D")) {
        throw new InvalidSettingException(
            "SPRING_DATASOURCE_URL", "names a database that does not exist");
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while waiting for PostgreSQL", stop);
    }
  }
}
