package dev.threadmill.gateway.webhook;

import dev.threadmill.core.settings.Settings;
import java.time.Duration;

/**
 * Which webhooks are looked at.
 *
 * @param replayWindow how far a signature's time may lie from now, in either direction
 * @param maxBodyBytes a longer body is refused
 */
record WebhookSettings(Duration replayWindow, int maxBodyBytes) {
  /** Reads {@code WEBHOOK_REPLAY_SECONDS} and {@code WEBHOOK_MAX_BODY_KB}. */
  static WebhookSettings of(Settings settings) {
    return new WebhookSettings(
        Duration.ofSeconds(settings.integer("WEBHOOK_REPLAY_SECONDS", 300, 1, 86_400)),
        settings.integer("WEBHOOK_MAX_BODY_KB", 2048, 1, 65_536) * 1024);
  }
}
