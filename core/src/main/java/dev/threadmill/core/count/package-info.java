/** How many rows a project has, without counting them. */
@NullMarked
package dev.threadmill.core.count;

import org.jspecify.annotations.NullMarked;
