package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as the API shows it.
 *
 * @param cadenceSeconds null when {@code cron} tells the times
 * @param why what holds it back, if anything does
 */
record ScheduleView(
    JobType jobType,
    String status,
    @Nullable Integer cadenceSeconds,
    @Nullable String cron,
    String timeZone,
    Instant nextRunAt,
    @Nullable Instant lastRunAt,
    @Nullable String lastStatus,
    @Nullable String lastError,
    int consecutiveFailures,
    @Nullable String why) {}
