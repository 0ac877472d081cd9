package dev.threadmill.embed.claim;

import java.time.Duration;

/**
 * How this process claims rows.
 *
 * @param worker this process's name in {@code claimed_by}, unique over all processes
 * @param lease after this long others may take the row
 * @param maxAttempts a row whose requests failed this often is not tried again
 */
public record ClaimSettings(String worker, Duration lease, int maxAttempts) {}
