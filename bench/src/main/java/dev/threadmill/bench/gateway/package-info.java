/** What callers of the HTTP service wait for, as the tables grow. */
@NullMarked
package dev.threadmill.bench.gateway;

import org.jspecify.annotations.NullMarked;
