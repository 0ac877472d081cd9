/** Turning text into vectors. Nothing outside this package knows a provider's SDK. */
@NullMarked
package dev.threadmill.core.embedding;

import org.jspecify.annotations.NullMarked;
