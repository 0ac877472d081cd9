package dev.threadmill.core.tick;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A wish to claim what is due.
 *
 * @param projectId only this project's schedules; null for all
 * @param maxDue how many schedules at the most, 1 to 10,000
 * @param trigger {@code timer} or {@code manual}
 */
public record Tick(UUID id, @Nullable UUID projectId, int maxDue, String trigger) {}
