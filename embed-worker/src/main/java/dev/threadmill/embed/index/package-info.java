/** The indexes over the vectors, and the change from one model's vectors to another's. */
@NullMarked
package dev.threadmill.embed.index;

import org.jspecify.annotations.NullMarked;
