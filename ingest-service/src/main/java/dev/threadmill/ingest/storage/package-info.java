/** How much of the storage budget the database uses. */
@NullMarked
package dev.threadmill.ingest.storage;

import org.jspecify.annotations.NullMarked;
