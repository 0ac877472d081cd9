package dev.threadmill.localstack;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The secrets of a stack: made at random once, then kept beside its data, which they open.
 *
 * @param apiToken admin token of the API
 * @param secretKey 32 bytes in base64; encrypts the sources' credentials
 * @param databasePassword of the cluster's superuser
 * @param webhookSecret signs the simulator's webhooks
 */
record StackSecrets(
    String apiToken, String secretKey, String databasePassword, String webhookSecret) {

  private static final String FILE = "secrets.env";
  private static final String API_TOKEN = "API_TOKEN";
  private static final String SECRET_KEY = "THREADMILL_SECRET_KEY";
  private static final String DATABASE_PASSWORD = "DATABASE_PASSWORD";
  private static final String WEBHOOK_SECRET = "WEBHOOK_SECRET";
  private static final int BYTES = 32;

  /** The stack's secrets, except where its environment brings its own. */
  static StackSecrets of(StackOptions options) {
    Path file = options.directory().resolve(FILE);
    Map<String, String> kept = new LinkedHashMap<>(EnvFile.read(file));
    kept.putIfAbsent(API_TOKEN, random(Base64.getUrlEncoder().withoutPadding()));
    kept.putIfAbsent(SECRET_KEY, random(Base64.getEncoder()));
    kept.putIfAbsent(DATABASE_PASSWORD, random(Base64.getUrlEncoder().withoutPadding()));
    kept.putIfAbsent(WEBHOOK_SECRET, random(Base64.getUrlEncoder().withoutPadding()));
    EnvFile.write(file, kept);
    return new StackSecrets(
        chosen(options, kept, API_TOKEN),
        chosen(options, kept, SECRET_KEY),
        kept.getOrDefault(DATABASE_PASSWORD, ""),
        kept.getOrDefault(WEBHOOK_SECRET, ""));
  }

  private static String chosen(StackOptions options, Map<String, String> kept, String name) {
    String wish = options.value(name);
    return wish.isEmpty() ? kept.getOrDefault(name, "") : wish;
  }

  private static String random(Base64.Encoder encoder) {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return encoder.encodeToString(bytes);
  }
}
