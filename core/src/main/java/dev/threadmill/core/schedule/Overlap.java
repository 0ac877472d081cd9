package dev.threadmill.core.schedule;

import java.util.Locale;

/** What becomes of a due time while a run of the job is still queued or running. */
public enum Overlap {
  /** It joins that run, whose outcome counts for it, too. */
  COALESCE,
  /** It is left out, and its row says why. */
  SKIP;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Overlap of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
