/** Projects and their sources. */
@NullMarked
package dev.threadmill.gateway.projects;

import org.jspecify.annotations.NullMarked;
