package dev.threadmill.core.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The jobs of a project, with the cadence that a new project starts with. */
public enum JobType {
  CHATWOOT_SYNC(900),
  EMBEDDINGS_RUN(1200),
  SIGNALS_EXTRACTION(900),
  HEALTH_SCORING(1800),
  CAMPAIGN_SCHEDULER(300),
  ANALYTICS_AGGREGATES(1800);

  private final Duration defaultCadence;

  JobType(int defaultCadenceSeconds) {
    this.defaultCadence = Duration.ofSeconds(defaultCadenceSeconds);
  }

  public Duration defaultCadence() {
    return defaultCadence;
  }

  /** The name in events, tables and addresses, for example {@code chatwoot_sync}. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<JobType> find(String wireName) {
    return Arrays.stream(values()).filter(type -> type.wireName().equals(wireName)).findFirst();
  }

  @JsonCreator
  public static JobType of(String wireName) {
    return find(wireName)
        .orElseThrow(() -> new IllegalArgumentException("there is no job '" + wireName + "'"));
  }
}
