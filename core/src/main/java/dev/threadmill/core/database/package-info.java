/** Waiting for PostgreSQL, migrating it, and reading its columns. */
@NullMarked
package dev.threadmill.core.database;

import org.jspecify.annotations.NullMarked;
