/**
 * Reading a Chatwoot account over its HTTP interface: politely, bounded, and with typed failures.
 */
@NullMarked
package dev.threadmill.ingest.chatwoot;

import org.jspecify.annotations.NullMarked;
