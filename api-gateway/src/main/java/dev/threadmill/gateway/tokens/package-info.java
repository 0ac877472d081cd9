/** The tokens that callers hold, as administrators see them. */
@NullMarked
package dev.threadmill.gateway.tokens;

import org.jspecify.annotations.NullMarked;
