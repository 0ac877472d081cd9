/** The account that the environment names, and the token of each source. */
@NullMarked
package dev.threadmill.ingest.source;

import org.jspecify.annotations.NullMarked;
