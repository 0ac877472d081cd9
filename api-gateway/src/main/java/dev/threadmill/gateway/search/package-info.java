/** Finding messages by meaning and by words. */
@NullMarked
package dev.threadmill.gateway.search;

import org.jspecify.annotations.NullMarked;
