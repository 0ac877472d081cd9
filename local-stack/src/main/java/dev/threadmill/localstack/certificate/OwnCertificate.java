package dev.threadmill.localstack.certificate;

import dev.threadmill.localstack.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate for 127.0.0.1 that signed itself, so that it is its own authority.
 *
 * @param folder where its files are
 */
public record OwnCertificate(Path folder) {
  private static final String STORE_PASSWORD = "only-for-tests";
  private static final String ALIAS = "server";

  /** Makes one, valid for a week. */
  public static OwnCertificate create(Path folder) {
    var certificate = new OwnCertificate(folder);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String store = certificate.store().toString();
    keytool(
        List.of("-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-dname", "CN=threadmill"),
        List.of("-ext", "SAN=ip:127.0.0.1", "-validity", "7", "-storetype", "PKCS12"),
        List.of("-keystore", store, "-storepass", STORE_PASSWORD));
    keytool(
        List.of(
            "-exportcert", "-rfc", "-alias", ALIAS, "-file", certificate.authority().toString()),
        List.of("-keystore", store, "-storepass", STORE_PASSWORD));
    return certificate;
  }

  /** The certificate, which clients trust, in PEM. */
  public Path authority() {
    return folder.resolve("ca.crt");
  }

  /** The certificate with its key, in PKCS #12. */
  public Path store() {
    return folder.resolve("server.p12");
  }

  public String storePassword() {
    return STORE_PASSWORD;
  }

  /** The key alone, in PEM. */
  public String key() {
    try {
      KeyStore keys = KeyStore.getInstance(store().toFile(), STORE_PASSWORD.toCharArray());
      byte[] key = keys.getKey(ALIAS, STORE_PASSWORD.toCharArray()).getEncoded();
      return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
          .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
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
