package dev.threadmill.core.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Claim what is due. The tick is a row of {@code scheduler_ticks}; whoever marks it processed does
 * its work.
 *
 * @param projectId only this project's schedules; null for all
 * @param limit how many due schedules to claim at the most, 1 to 10,000
 * @param trigger {@code timer} or {@code manual}
 */
public record SchedulerTick(
    UUID eventId,
    Instant occurredAt,
    @Nullable UUID projectId,
    UUID tickId,
    int limit,
    String trigger)
    implements Event {}
