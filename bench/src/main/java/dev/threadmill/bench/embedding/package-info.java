/** Chunks embedded per second, beside peers and a ceiling written by hand. */
@NullMarked
package dev.threadmill.bench.embedding;

import org.jspecify.annotations.NullMarked;
