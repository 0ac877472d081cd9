/** From claimed rows to requests and back: packing, sending, bisecting, bounded flight. */
@NullMarked
package dev.threadmill.embed.request;

import org.jspecify.annotations.NullMarked;
