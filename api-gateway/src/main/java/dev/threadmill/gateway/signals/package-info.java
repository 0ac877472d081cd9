/** Signals, what people decide on them, and the rules of a project. */
@NullMarked
package dev.threadmill.gateway.signals;

import org.jspecify.annotations.NullMarked;
