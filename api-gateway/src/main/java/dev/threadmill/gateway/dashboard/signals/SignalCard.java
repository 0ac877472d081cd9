package dev.threadmill.gateway.dashboard.signals;

import dev.threadmill.gateway.signals.SignalDetail.EvidenceView;
import dev.threadmill.gateway.signals.SignalView;
import java.util.List;

/**
 * A signal as it is shown.
 *
 * @param evidence the newest of it
 */
record SignalCard(SignalView signal, List<EvidenceView> evidence) {
  /** In percent. */
  public long sure() {
    return Math.round(signal.confidence() * 100);
  }

  /** Messages that are not shown here. */
  public int more() {
    return Math.max(0, signal.occurrences() - evidence.size());
  }

  /** A word for how grave it is, by which it is coloured. */
  public String grave() {
    return switch (signal.severity()) {
      case 4, 5 -> "critical";
      case 3 -> "at_risk";
      default -> "watch";
    };
  }
}
