/** When a job is due, and what people may set of it. */
@NullMarked
package dev.threadmill.core.schedule;

import org.jspecify.annotations.NullMarked;
