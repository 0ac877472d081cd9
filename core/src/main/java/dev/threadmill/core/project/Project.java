package dev.threadmill.core.project;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant: everything Threadmill stores belongs to one.
 *
 * @param archivedAt since when nothing of it runs or is shown; null: it is not archived
 */
public record Project(
    UUID id, String name, String timeZone, Instant createdAt, @Nullable Instant archivedAt) {
  public boolean archived() {
    return archivedAt != null;
  }
}
