package dev.threadmill.core.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A hint that says "look at this row". It carries ids, never text: the row is the truth, so an
 * event may come twice, late, out of order or never.
 */
public sealed interface Event
    permits SchedulerTick, JobRequested, JobFinished, MessageUpserted, ConversationHinted {
  UUID eventId();

  Instant occurredAt();

  /** Null only where an event concerns all projects. */
  @Nullable UUID projectId();
}
