/** A private PostgreSQL server with pgvector. */
@NullMarked
package dev.threadmill.localstack.postgres;

import org.jspecify.annotations.NullMarked;
