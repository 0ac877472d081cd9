/** What people want of the health scores, which the gateway takes and the scheduler goes by. */
@NullMarked
package dev.threadmill.core.health;

import org.jspecify.annotations.NullMarked;
