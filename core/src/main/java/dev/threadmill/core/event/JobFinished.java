package dev.threadmill.core.event;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** A run came to its end. Counters are the numbers of its result; never text. */
public record JobFinished(
    UUID eventId,
    Instant occurredAt,
    UUID projectId,
    UUID runId,
    JobType jobType,
    RunStatus status,
    Map<String, Long> counters,
    long durationMs)
    implements Event {
  public JobFinished {
    counters = counters == null ? Map.of() : Map.copyOf(counters);
  }
}
