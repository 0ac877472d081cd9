/** Configuration by environment variables, checked at start. */
@NullMarked
package dev.threadmill.core.settings;

import org.jspecify.annotations.NullMarked;
