/** The tables of what Chatwoot shows and of the chunks, one class per table. */
@NullMarked
package dev.threadmill.ingest.store;

import org.jspecify.annotations.NullMarked;
