/** The sync of Chatwoot accounts: what to list, what to read, and how far everything is stored. */
@NullMarked
package dev.threadmill.ingest.sync;

import org.jspecify.annotations.NullMarked;
