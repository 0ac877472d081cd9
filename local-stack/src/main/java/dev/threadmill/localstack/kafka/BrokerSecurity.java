package dev.threadmill.localstack.kafka;

import dev.threadmill.localstack.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a broker with encryption, logins and rights needs: a certificate that it signed itself, and
 * its first user, who may do everything. The others may do nothing until they are given rights.
 *
 * @param folder of the certificate
 */
public record BrokerSecurity(Path folder, String adminPassword) {
  private static final String ADMIN = "admin";
  private static final String STORE_PASSWORD = "only-for-tests";

  /** Makes the certificate, for 127.0.0.1. */
  public static BrokerSecurity create(Path folder, String adminPassword) {
    var security = new BrokerSecurity(folder, adminPassword);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String store = security.store().toString();
    keytool(
        List.of("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=threadmill"),
        List.of("-ext", "SAN=ip:127.0.0.1", "-validity", "7", "-storetype", "PKCS12"),
        List.of("-keystore", store, "-storepass", STORE_PASSWORD));
    keytool(
        List.of(
            "-exportcert", "-rfc", "-alias", "broker", "-file", security.authority().toString()),
        List.of("-keystore", store, "-storepass", STORE_PASSWORD));
    return security;
  }

  /** The certificate that clients trust, in PEM. */
  public Path authority() {
    return folder.resolve("ca.crt");
  }

  private Path store() {
    return folder.resolve("broker.p12");
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
        .formatted(store(), STORE_PASSWORD, authority(), login(), ADMIN);
  }

  List<String> formatArguments() {
    return List.of(
        "--add-scram", "SCRAM-SHA-512=[name=%s,password=%s]".formatted(ADMIN, adminPassword));
  }

  private String login() {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(ADMIN, adminPassword);
  }

  @SafeVarargs
  private static void keytool(List<String>... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(Checkout.java().getFirst()).resolveSibling("keytool").toString());
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.onExit().join().exitValue() != 0) {
        throw new IllegalStateException("keytool failed: " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
