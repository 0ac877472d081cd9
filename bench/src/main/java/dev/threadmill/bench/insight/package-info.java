/** The jobs that work on what was said: everything once, and then what is new. */
@NullMarked
package dev.threadmill.bench.insight;

import org.jspecify.annotations.NullMarked;
