/**
 * Numbers that no single process can count, for Prometheus: what waits in the database and at the
 * broker. Each replica reads them every ten seconds, never because somebody asks, and all show the
 * same.
 */
@NullMarked
package dev.threadmill.scheduler.metrics;

import org.jspecify.annotations.NullMarked;
