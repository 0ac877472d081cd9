/** Work that each replica repeats, and what happens while the database is away. */
@NullMarked
package dev.threadmill.scheduler.sweep;

import org.jspecify.annotations.NullMarked;
