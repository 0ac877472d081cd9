/** The run log over HTTP. */
@NullMarked
package dev.threadmill.gateway.runs;

import org.jspecify.annotations.NullMarked;
