/** Starting the two jobs of the pipeline, with or without waiting for their end. */
@NullMarked
package dev.threadmill.gateway.jobs;

import org.jspecify.annotations.NullMarked;
