/** Deletes what people want to be gone, batch by batch. */
@NullMarked
package dev.threadmill.scheduler.removal;

import org.jspecify.annotations.NullMarked;
