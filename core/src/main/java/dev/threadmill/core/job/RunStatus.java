package dev.threadmill.core.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The states of a run. {@code queued → running → ok | partial | failed | cancelled}; besides, a
 * running one may go back to queued (its lease ran out, or it asked to be tried later) and a queued
 * one may be cancelled.
 */
public enum RunStatus {
  QUEUED,
  RUNNING,
  OK,
  PARTIAL,
  FAILED,
  CANCELLED;

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static RunStatus of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }

  /** Whether nothing will change any more. */
  public boolean finished() {
    return this != QUEUED && this != RUNNING;
  }
}
