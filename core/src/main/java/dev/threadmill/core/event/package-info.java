/** The events between the services: their fields, topics and JSON. */
@NullMarked
package dev.threadmill.core.event;

import org.jspecify.annotations.NullMarked;
