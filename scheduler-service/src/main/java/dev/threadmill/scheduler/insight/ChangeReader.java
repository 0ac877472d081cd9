package dev.threadmill.scheduler.insight;

import java.util.Locale;

/** The jobs that work on changed conversations, each at its own pace. */
public enum ChangeReader {
  SIGNALS,
  HEALTH,
  ANALYTICS;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
