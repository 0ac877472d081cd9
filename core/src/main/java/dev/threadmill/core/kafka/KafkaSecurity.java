package dev.threadmill.core.kafka;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.jspecify.annotations.Nullable;

/**
 * How the broker is spoken to, and as whom: the clients' properties that {@code KAFKA_*} asks for.
 * Empty where nothing is set; then Spring's own names, if any, decide.
 */
final class KafkaSecurity {
  private enum Protocol {
    PLAINTEXT,
    SSL,
    SASL_PLAINTEXT,
    SASL_SSL;

    boolean login() {
      return this == SASL_PLAINTEXT || this == SASL_SSL;
    }

    boolean encrypted() {
      return this == SSL || this == SASL_SSL;
    }
  }

  private static final String PROTOCOL = "KAFKA_SECURITY_PROTOCOL";
  private static final String MECHANISM = "KAFKA_SASL_MECHANISM";
  private static final String USERNAME = "KAFKA_SASL_USERNAME";
  private static final String PASSWORD = "KAFKA_SASL_PASSWORD";
  private static final String CA_FILE = "KAFKA_CA_FILE";

  /** What logs in by each mechanism. */
  private static final Map<String, String> MODULES =
      new TreeMap<>(
          Map.of(
              "SCRAM-SHA-512", ScramLoginModule.class.getName(),
              "SCRAM-SHA-256", ScramLoginModule.class.getName(),
              "PLAIN", PlainLoginModule.class.getName()));

  private KafkaSecurity() {}

  static Map<String, String> properties(Settings settings) {
    Map<String, String> properties = new TreeMap<>();
    Protocol protocol = settings.oneOf(PROTOCOL, Protocol.PLAINTEXT);
    if (settings.text(PROTOCOL).isPresent()) {
      properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol.name());
    }
    if (protocol.login()) {
      String mechanism = mechanism(settings);
      properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
      properties.put(SaslConfigs.SASL_JAAS_CONFIG, login(settings, mechanism));
    } else if (settings.text(USERNAME).isPresent()) {
      throw new InvalidSettingException(
          USERNAME, "is set, but nobody logs in: " + PROTOCOL + " is not sasl_ssl");
    }
    String authority = settings.text(CA_FILE).orElse(null);
    if (authority != null) {
      properties.putAll(trusting(authority, protocol));
    }
    return properties;
  }

  private static String mechanism(Settings settings) {
    String mechanism = settings.text(MECHANISM).orElse("SCRAM-SHA-512");
    if (!MODULES.containsKey(mechanism)) {
      throw new InvalidSettingException(
          MECHANISM,
          "is '" + mechanism + "'; expected one of " + String.join(", ", MODULES.keySet()));
    }
    return mechanism;
  }

  private static String login(Settings settings, String mechanism) {
    return "%s required username=\"%s\" password=\"%s\";"
        .formatted(
            MODULES.get(mechanism),
            quoted(settings.required(USERNAME, "the name of a user of the brokers")),
            quoted(settings.required(PASSWORD, "that user's password")));
  }

  /** As the reader of such lines wants it inside quotes. */
  private static String quoted(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static Map<String, String> trusting(String authority, Protocol protocol) {
    if (!protocol.encrypted()) {
      throw new InvalidSettingException(
          CA_FILE, "is set, but nothing is encrypted: " + PROTOCOL + " is not sasl_ssl or ssl");
    }
    @Nullable String problem = problemOf(Path.of(authority));
    if (problem != null) {
      throw new InvalidSettingException(CA_FILE, "is '" + authority + "', which " + problem);
    }
    return Map.of(
        SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
        "PEM",
        SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
        authority);
  }

  private static @Nullable String problemOf(Path certificates) {
    try (InputStream file = Files.newInputStream(certificates)) {
      boolean none = CertificateFactory.getInstance("X.509").generateCertificates(file).isEmpty();
      return none ? "holds no certificate" : null;
    } catch (IOException unreadable) {
      return "can't be read";
    } catch (CertificateException malformed) {
      return "holds no certificates in PEM";
    }
  }
}
