/**
 * The kinds of signals, and the plain language in which rules say by which words they are found.
 */
@NullMarked
package dev.threadmill.core.signal;

import org.jspecify.annotations.NullMarked;
