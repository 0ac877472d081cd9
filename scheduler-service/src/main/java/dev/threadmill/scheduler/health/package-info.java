/** The job {@code health_scoring}: how each contact is, and why. docs/health.md has the formula. */
@NullMarked
package dev.threadmill.scheduler.health;

import org.jspecify.annotations.NullMarked;
