package dev.threadmill.bench;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param ours the median of our runs, in {@code unit}
 * @param beside what it is compared with; null when with nothing
 * @param theirs the median of its runs, in the same unit; 0 when there is none
 * @param ratio how much better ours is: above 1 is better, whatever the unit; 0 when compared with
 *     nothing
 * @param spread half of what lies between the lowest and the highest of our runs, as a share of
 *     their median; 0 when there was one
 * @param theirSpread that of theirs
 * @param cpuSeconds of our services' processes, in the last run; 0 when not measured
 * @param peakMegabytes resident memory of our service's process at its highest; 0 when not measured
 * @param bytes that one call of ours allocates; 0 when not measured
 * @param runs each of our and of their values, in the order in which they were measured
 */
public record Result(
    String scenario,
    String unit,
    double ours,
    @Nullable String beside,
    double theirs,
    double ratio,
    double spread,
    double theirSpread,
    double cpuSeconds,
    long peakMegabytes,
    long bytes,
    String runs) {}
