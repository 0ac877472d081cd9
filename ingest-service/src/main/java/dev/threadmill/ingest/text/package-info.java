/** Readable text out of messages, cut into chunks. */
@NullMarked
package dev.threadmill.ingest.text;

import org.jspecify.annotations.NullMarked;
