/** The one way in which services send and receive events. */
@NullMarked
package dev.threadmill.core.kafka;

import org.jspecify.annotations.NullMarked;
