package dev.threadmill.localstack;

import dev.threadmill.localstack.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;

/**
 * The account that a stack's data come from, remembered beside them: another account's
 * conversations must not be mixed into them.
 *
 * @param simulated the simulator's, whose address changes with its port
 */
record SyncedAccount(boolean simulated, String baseUrl, String accountId) {

  private static final String FILE = "account.env";
  private static final String SIMULATOR = "SIMULATOR";
  private static final String BASE_URL = "CHATWOOT_BASE_URL";
  private static final String ACCOUNT_ID = "CHATWOOT_ACCOUNT_ID";

  static SyncedAccount of(StackOptions options, String simulatorUrl) {
    return options.usesSimulator()
        ? new SyncedAccount(true, simulatorUrl, "1")
        : new SyncedAccount(
            false, options.value(BASE_URL).replaceAll("/+$", ""), options.value(ACCOUNT_ID));
  }

  /**
   * @throws IllegalStateException when the folder holds the data of another account
   */
  void requireIn(Path directory) {
    SyncedAccount before = read(directory);
    boolean same = before.simulated ? simulated : equals(before);
    if (!before.baseUrl.isEmpty() && !same) {
      throw new IllegalStateException(
          "The data in %s come from %s; this would mix %s into them. \"make clean\" forgets them, then \"make up\" again."
              .formatted(directory, before, this));
    }
  }

  /** Tells the data where the account is now, and remembers it. */
  void settleIn(Path directory, PostgresServer server) throws SQLException {
    SyncedAccount before = read(directory);
    if (!before.baseUrl.isEmpty() && !before.baseUrl.equals(baseUrl)) {
      move(server, before.baseUrl);
    }
    EnvFile.write(
        directory.resolve(FILE),
        Map.of(SIMULATOR, Boolean.toString(simulated), BASE_URL, baseUrl, ACCOUNT_ID, accountId));
  }

  private void move(PostgresServer server, String from) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                server.jdbcUrl(LocalStack.DATABASE), PostgresServer.USER, server.password());
        PreparedStatement update =
            connection.prepareStatement(
                "update project_sources set base_url = ?, updated_at = now() where base_url = ?")) {
      update.setString(1, baseUrl);
      update.setString(2, from);
      update.executeUpdate();
    }
  }

  private static SyncedAccount read(Path directory) {
    Map<String, String> kept = EnvFile.read(directory.resolve(FILE));
    return new SyncedAccount(
        Boolean.parseBoolean(kept.get(SIMULATOR)),
        kept.getOrDefault(BASE_URL, ""),
        kept.getOrDefault(ACCOUNT_ID, ""));
  }

  @Override
  public String toString() {
    return simulated ? "the simulator" : "account %s of %s".formatted(accountId, baseUrl);
  }
}
