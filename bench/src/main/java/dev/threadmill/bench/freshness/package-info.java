/** From a message that appears in Chatwoot to the moment at which search finds it. */
@NullMarked
package dev.threadmill.bench.freshness;

import org.jspecify.annotations.NullMarked;
