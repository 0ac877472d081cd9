package dev.threadmill.core.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class KafkaSecurityTest {
  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void nothing_is_asked_for_where_nothing_is_set() {
    environment.setProperty("KAFKA_SECURITY_PROTOCOL", " ");
    environment.setProperty("KAFKA_SASL_USERNAME", "");

    assertThat(properties()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SCRAM-SHA-512, scram.ScramLoginModule",
    "SCRAM-SHA-256, scram.ScramLoginModule",
    "PLAIN,         plain.PlainLoginModule"
  })
  void kafka_reads_the_login_as_it_was_meant_whatever_the_password_holds(
      String mechanism, String module) {
    String password = "a \"b\" \\c; d=e '";
    environment.setProperty("KAFKA_SECURITY_PROTOCOL", "SASL_SSL");
    environment.setProperty("KAFKA_SASL_MECHANISM", mechanism);
    environment.setProperty("KAFKA_SASL_USERNAME", "threadmill");
    environment.setProperty("KAFKA_SASL_PASSWORD", password);

    Map<String, String> properties = properties();

    assertThat(properties)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", mechanism);
    var login =
        JaasContext.loadClientContext(
                Map.of("sasl.jaas.config", new Password(properties.get("sasl.jaas.config"))))
            .configurationEntries()
            .getFirst();
    assertThat(login.getLoginModuleName()).endsWith(module);
    assertThat(Map.<String, Object>copyOf(login.getOptions()))
        .isEqualTo(Map.of("username", "threadmill", "password", password));
  }

  @ParameterizedTest
  @CsvSource({
    "KAFKA_SECURITY_PROTOCOL, tls",
    "KAFKA_SASL_MECHANISM,    GSSAPI",
    "KAFKA_SASL_USERNAME,     ''",
    "KAFKA_SASL_PASSWORD,     ''",
    "KAFKA_CA_FILE,           /no/such/file"
  })
  void what_is_wrong_or_missing_is_named_and_no_secret_is_told(String variable, String value) {
    login();
    environment.setProperty(variable, value);

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(this::properties)
        .satisfies(wrong -> assertThat(wrong.variable()).isEqualTo(variable))
        .satisfies(wrong -> assertThat(wrong.getMessage()).doesNotContain("a secret"));
  }

  @Test
  void a_login_or_a_certificate_that_nobody_would_look_at_is_refused() {
    login();
    environment.setProperty("KAFKA_SECURITY_PROTOCOL", "ssl");
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(this::properties)
        .withMessageContaining("KAFKA_SASL_USERNAME is set, but nobody logs in");

    environment.setProperty("KAFKA_SECURITY_PROTOCOL", "sasl_plaintext");
    environment.setProperty("KAFKA_CA_FILE", "/etc/ca.crt");
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(this::properties)
        .withMessageContaining("KAFKA_CA_FILE is set, but nothing is encrypted");
  }

  @Test
  void a_file_that_holds_no_certificates_is_refused(@TempDir Path directory) throws Exception {
    Path garbage = Files.writeString(directory.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----\n?");
    login();
    environment.setProperty("KAFKA_CA_FILE", garbage.toString());

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(this::properties)
        .withMessageContaining("which holds no certificate");
  }

  private void login() {
    environment.setProperty("KAFKA_SECURITY_PROTOCOL", "sasl_ssl");
    environment.setProperty("KAFKA_SASL_USERNAME", "threadmill");
    environment.setProperty("KAFKA_SASL_PASSWORD", "a secret");
  }

  private Map<String, String> properties() {
    return KafkaSecurity.properties(new Settings(environment));
  }
}
