package dev.threadmill.ingest.chatwoot;

import dev.threadmill.core.settings.Settings;
import java.time.Duration;

/**
 * How this service treats a Chatwoot server.
 *
 * @param requestsPerMinute over all runs, for each server
 * @param concurrency reads of one source at the same time
 * @param connectTimeout until the connection stands
 * @param answerTimeout until the headers are there
 * @param bodyTimeout for reading the body
 * @param maxBodyBytes a longer body is not read
 * @param firstBackOff before a request is repeated; doubled each time, less up to a half by chance
 */
public record ChatwootLimits(
    int requestsPerMinute,
    int concurrency,
    Duration connectTimeout,
    Duration answerTimeout,
    Duration bodyTimeout,
    long maxBodyBytes,
    Duration firstBackOff) {
  private static final long MEGABYTE = 1024 * 1024;

  /** Reads {@code CHATWOOT_REQUESTS_PER_MINUTE}, {@code CHATWOOT_CONCURRENCY} and its kin. */
  public static ChatwootLimits of(Settings settings) {
    return new ChatwootLimits(
        settings.integer("CHATWOOT_REQUESTS_PER_MINUTE", 3000, 1, 1_000_000),
        settings.integer("CHATWOOT_CONCURRENCY", 8, 1, 64),
        Duration.ofMillis(settings.integer("CHATWOOT_CONNECT_TIMEOUT_MS", 5_000, 100, 120_000)),
        Duration.ofMillis(settings.integer("CHATWOOT_TIMEOUT_MS", 20_000, 100, 300_000)),
        Duration.ofMillis(settings.integer("CHATWOOT_BODY_TIMEOUT_MS", 60_000, 100, 600_000)),
        settings.integer("CHATWOOT_MAX_BODY_MB", 32, 1, 1024) * MEGABYTE,
        Duration.ofMillis(settings.integer("CHATWOOT_BACK_OFF_MS", 300, 2, 60_000)));
  }
}
