/** One trace from a request or a tick over events and threads to the row; off unless wanted. */
@NullMarked
package dev.threadmill.core.trace;

import org.jspecify.annotations.NullMarked;
