/** Syncs Chatwoot accounts into PostgreSQL and cuts messages into chunks. */
@NullMarked
package dev.threadmill.ingest;

import org.jspecify.annotations.NullMarked;
