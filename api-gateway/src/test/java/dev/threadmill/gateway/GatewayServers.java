package dev.threadmill.gateway;

import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** The servers that the gateway under test stands on. */
public final class GatewayServers
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  public static final String ORIGIN = "https://dashboard.example.com";

  /** So many of one address in a minute; all tests but one share an address. */
  public static final int WRONG_TOKENS = 1000;

  public static final String ADMIN_TOKEN = "bootstrap-token-of-the-tests-0123456789";
  static final String SECRET_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  /** What encrypted before it. */
  static final String OLD_SECRET_KEY = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

  public static final OpenAiSimulator PROVIDER = OpenAiSimulator.start();
  private static final Database DATABASE = TestServers.shared().createDatabase();

  /** Cuts all connections to the gateway's database and lets none in. */
  static void lockDatabase() throws SQLException {
    alter("with allow_connections false");
    try (var connection = besides();
        var end =
            connection.prepareStatement(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = ?")) {
      end.setString(1, name());
      end.execute();
    }
  }

  static void unlockDatabase() throws SQLException {
    alter("with allow_connections true");
  }

  private static void alter(String how) throws SQLException {
    try (var connection = besides();
        var statement = connection.createStatement()) {
      statement.execute("alter database " + name() + " " + how);
    }
  }

  private static String name() {
    return DATABASE.jdbcUrl().substring(DATABASE.jdbcUrl().lastIndexOf('/') + 1);
  }

  private static Connection besides() throws SQLException {
    return DriverManager.getConnection(
        DATABASE.jdbcUrl().replaceAll("/[^/]+$", "/postgres"),
        DATABASE.username(),
        DATABASE.password());
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "gateway-servers",
                Map.ofEntries(
                    Map.entry("SPRING_DATASOURCE_URL", DATABASE.jdbcUrl()),
                    Map.entry("SPRING_DATASOURCE_USERNAME", DATABASE.username()),
                    Map.entry("spring.datasource.url", DATABASE.jdbcUrl()),
                    Map.entry("spring.datasource.username", DATABASE.username()),
                    Map.entry("spring.datasource.password", DATABASE.password()),
                    Map.entry(
                        "SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared().bootstrapServers()),
                    Map.entry(
                        "spring.kafka.bootstrap-servers", TestServers.shared().bootstrapServers()),
                    Map.entry("API_TOKEN", ADMIN_TOKEN),
                    Map.entry("CORS_ALLOWED_ORIGINS", ORIGIN),
                    Map.entry("RATE_LIMIT_WRONG_TOKENS_PER_MINUTE", WRONG_TOKENS),
                    Map.entry("OPENAI_API_KEY", OpenAiSettings.KEY),
                    Map.entry("OPENAI_BASE_URL", PROVIDER.baseUrl().toString()),
                    Map.entry("THREADMILL_SECRET_KEY", SECRET_KEY + "," + OLD_SECRET_KEY))));
  }
}
