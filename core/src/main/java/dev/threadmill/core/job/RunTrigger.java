package dev.threadmill.core.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What started a run. */
public enum RunTrigger {
  MANUAL,
  SCHEDULE,
  WEBHOOK,
  CASCADE;

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static RunTrigger of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }
}
