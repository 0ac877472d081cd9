/** Emits ticks, claims what is due, and recovers lost runs. */
@NullMarked
package dev.threadmill.scheduler;

import org.jspecify.annotations.NullMarked;
