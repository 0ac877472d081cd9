/** How contacts and the project are, and what people say to it. */
@NullMarked
package dev.threadmill.gateway.health;

import org.jspecify.annotations.NullMarked;
