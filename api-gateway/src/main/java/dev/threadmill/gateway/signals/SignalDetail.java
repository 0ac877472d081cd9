package dev.threadmill.gateway.signals;

import java.time.Instant;
import java.util.List;

/**
 * A signal with what it rests on.
 *
 * @param evidence the newest first, at most 200
 */
public record SignalDetail(SignalView signal, List<EvidenceView> evidence) {
  /**
   * @param quote what the customer wrote; empty for silence
   * @param foundBy the rule or the example that found it, or {@code rhythm}
   * @param link to the message in Chatwoot
   */
  public record EvidenceView(
      String messageGlobalId,
      long messageId,
      String quote,
      String foundBy,
      double confidence,
      Instant saidAt,
      String link) {}
}
