/** Keeps the counts of rows small and right. */
@NullMarked
package dev.threadmill.scheduler.count;

import org.jspecify.annotations.NullMarked;
