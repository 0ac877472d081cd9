package dev.threadmill.core.project;

import java.time.Instant;
import java.util.UUID;

/** A tenant: everything Threadmill stores belongs to one. */
public record Project(UUID id, String name, String timeZone, Instant createdAt) {}
