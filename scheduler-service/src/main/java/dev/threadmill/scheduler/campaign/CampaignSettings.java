package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.time.Duration;

/**
 * How campaigns send.
 *
 * @param sendEnabled false: everything is done but the sending, and what would have been sent is
 *     noted
 * @param requestsPerMinute to one server, over all runs of this process
 * @param connectTimeout until the connection stands
 * @param answerTimeout until the headers are there, and then until the body is; a minute at most
 */
record CampaignSettings(
    boolean sendEnabled, int requestsPerMinute, Duration connectTimeout, Duration answerTimeout) {
  private static final String SEND = "CAMPAIGN_SEND_ENABLED";

  /** Head and body of an answer must be over before anybody looks whether the message arrived. */
  private static final Duration MOST = Duration.ofMinutes(1);

  CampaignSettings {
    answerTimeout = answerTimeout.compareTo(MOST) > 0 ? MOST : answerTimeout;
  }

  static CampaignSettings of(Settings settings) {
    return new CampaignSettings(
        sendEnabled(settings),
        settings.integer("CAMPAIGN_REQUESTS_PER_MINUTE", 60, 1, 1_000_000),
        Duration.ofMillis(settings.integer("CHATWOOT_CONNECT_TIMEOUT_MS", 5_000, 100, 120_000)),
        Duration.ofMillis(settings.integer("CHATWOOT_TIMEOUT_MS", 20_000, 100, 300_000)));
  }

  private static boolean sendEnabled(Settings settings) {
    String value = settings.text(SEND).orElse("false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new InvalidSettingException(SEND, "is '" + value + "'; expected true or false");
    };
  }
}
