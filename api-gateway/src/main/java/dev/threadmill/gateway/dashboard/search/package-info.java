/** Pages for finding and reading conversations. */
@NullMarked
package dev.threadmill.gateway.dashboard.search;

import org.jspecify.annotations.NullMarked;
