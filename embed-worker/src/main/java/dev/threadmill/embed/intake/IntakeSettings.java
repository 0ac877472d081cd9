package dev.threadmill.embed.intake;

import java.time.Duration;

/**
 * How work is taken in.
 *
 * @param batchSize rows of one claim, 1 to 2048
 * @param sweepEvery the time between two sweeps, on average
 * @param grace how long fresh rows are left to their events before the sweep takes them
 * @param pollRecords events of one poll: a batch for each lane
 * @param pollPatience after this long, a poll's rows that are not yet sent are left to the sweep
 * @param pollInterval after this long without a poll the broker gives the partitions to others
 */
record IntakeSettings(
    int batchSize,
    Duration sweepEvery,
    Duration grace,
    int pollRecords,
    Duration pollPatience,
    Duration pollInterval) {}
