/** How well signals are found. */
@NullMarked
package dev.threadmill.bench.signals;

import org.jspecify.annotations.NullMarked;
