package dev.threadmill.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What every service asks of its environment before it makes anything. */
class RequiredSettingsTest {
  private final ApplicationContextRunner service =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SettingsConfiguration.class))
          .withPropertyValues(
              "SPRING_DATASOURCE_URL=jdbc:postgresql://localhost/threadmill",
              "SPRING_DATASOURCE_USERNAME=threadmill",
              "SPRING_KAFKA_BOOTSTRAP_SERVERS=localhost:9092");

  @Test
  void with_database_and_broker_it_starts() {
    service.run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          SPRING_DATASOURCE_URL,          ''
          SPRING_DATASOURCE_URL,          http://localhost
          SPRING_DATASOURCE_USERNAME,     ''
          SPRING_KAFKA_BOOTSTRAP_SERVERS, ''
          SPRING_KAFKA_BOOTSTRAP_SERVERS, localhost
          SERVER_PORT,                    99999
          MANAGEMENT_SERVER_PORT,         any
          DATABASE_POOL_SIZE,             abc
          DATABASE_POOL_SIZE,             1
          OTEL_EXPORTER_OTLP_ENDPOINT,    collector:4317
          TRACES_SAMPLE_RATIO,            2
          LOG_FORMAT,                     xml
          """)
  void a_wrong_one_stops_it_and_is_named(String variable, String value) {
    service
        .withPropertyValues(variable + "=" + value)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageStartingWith(variable + " is "));
  }
}
