/** The public HTTP service: jobs, status, search and administration. */
@NullMarked
package dev.threadmill.gateway;

import org.jspecify.annotations.NullMarked;
