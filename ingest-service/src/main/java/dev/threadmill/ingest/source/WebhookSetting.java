package dev.threadmill.ingest.source;

import dev.threadmill.core.project.Secrets;
import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.util.Optional;

/**
 * Which webhooks the environment's source takes.
 *
 * @param secret that Chatwoot signs them with
 * @param unsigned whether such without a signature are taken, as old servers send them
 * @param isSet whether the environment says anything about them
 */
public record WebhookSetting(Optional<String> secret, boolean unsigned, boolean isSet) {
  private static final String SECRET = "CHATWOOT_WEBHOOK_SECRET";

  private static final String UNSIGNED = "CHATWOOT_WEBHOOK_UNSIGNED";

  private enum Answer {
    NO,
    YES
  }

  /** Reads {@code CHATWOOT_WEBHOOK_SECRET} and {@code CHATWOOT_WEBHOOK_UNSIGNED}. */
  public static WebhookSetting of(Settings settings, Secrets secrets) {
    Optional<String> secret = settings.text(SECRET);
    if (secret.isPresent() && secret.get().length() < 16) {
      throw new InvalidSettingException(SECRET, "is too short; use 16 random characters or more");
    }
    if (secret.isPresent() && !secrets.available()) {
      throw new InvalidSettingException(
          Secrets.VARIABLE,
          "is not set, but "
              + SECRET
              + " is, which is stored encrypted; set it to 32 random bytes in Base64");
    }
    return new WebhookSetting(
        secret,
        settings.oneOf(UNSIGNED, Answer.NO) == Answer.YES,
        secret.isPresent() || settings.text(UNSIGNED).isPresent());
  }
}
