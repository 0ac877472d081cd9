package dev.threadmill.gateway;

import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** The servers that the gateway under test stands on. */
public final class GatewayServers
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  static final String ADMIN_TOKEN = "bootstrap-token-of-the-tests-0123456789";
  public static final OpenAiSimulator PROVIDER = OpenAiSimulator.start();
  private static final Database DATABASE = TestServers.shared().createDatabase();

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "gateway-servers",
                Map.of(
                    "SPRING_DATASOURCE_URL", DATABASE.jdbcUrl(),
                    "SPRING_DATASOURCE_USERNAME", DATABASE.username(),
                    "spring.datasource.url", DATABASE.jdbcUrl(),
                    "spring.datasource.username", DATABASE.username(),
                    "spring.datasource.password", DATABASE.password(),
                    "SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared().bootstrapServers(),
                    "spring.kafka.bootstrap-servers", TestServers.shared().bootstrapServers(),
                    "API_TOKEN", ADMIN_TOKEN,
                    "OPENAI_API_KEY", OpenAiSettings.KEY,
                    "OPENAI_BASE_URL", PROVIDER.baseUrl().toString())));
  }
}
