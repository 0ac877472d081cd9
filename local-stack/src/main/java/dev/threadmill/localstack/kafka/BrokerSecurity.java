package dev.threadmill.localstack.kafka;

import dev.threadmill.localstack.certificate.OwnCertificate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a broker with encryption, logins and rights needs: a certificate that it signed itself, and
 * its first user, who may do everything. The others may do nothing until they are given rights.
 */
public record BrokerSecurity(OwnCertificate certificate, String adminPassword) {
  private static final String ADMIN = "admin";

  /** Makes the certificate, for 127.0.0.1. */
  public static BrokerSecurity create(Path folder, String adminPassword) {
    return new BrokerSecurity(OwnCertificate.create(folder), adminPassword);
  }

  /** The certificate that clients trust, in PEM. */
  public Path authority() {
    return certificate.authority();
  }

  /** How the first user logs in. */
  public Map<String, String> adminProperties() {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        authority().toString(),
        "sasl.mechanism",
        "SCRAM-SHA-512",
        "sasl.jaas.config",
        login());
  }

  /** The controller's listener, which only the broker itself reaches, knows no users. */
  String brokerProperties() {
    return """
    ssl.keystore.type=PKCS12
    ssl.keystore.location=%1$s
    ssl.keystore.password=%2$s
    ssl.truststore.type=PEM
    ssl.truststore.location=%3$s
    sasl.enabled.mechanisms=SCRAM-SHA-512
    sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
    listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=%4$s
    authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
    super.users=User:%5$s;User:ANONYMOUS
    """
        .formatted(certificate.store(), certificate.storePassword(), authority(), login(), ADMIN);
  }

  List<String> formatArguments() {
    return List.of(
        "--add-scram", "SCRAM-SHA-512=[name=%s,password=%s]".formatted(ADMIN, adminPassword));
  }

  private String login() {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(ADMIN, adminPassword);
  }
}
