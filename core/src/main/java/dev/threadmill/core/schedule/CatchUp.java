package dev.threadmill.core.schedule;

import java.util.Locale;

/** What becomes of the due times that an outage swallowed. */
public enum CatchUp {
  /** One run stands for all of them. */
  ONCE,
  /** They are left out; the job waits for its next time. */
  NONE,
  /** A run for each, one after the other, the newest up to a cap. */
  ALL;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static CatchUp of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
