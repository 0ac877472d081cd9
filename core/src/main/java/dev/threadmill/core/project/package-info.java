/** Projects and the Chatwoot accounts that feed them. */
@NullMarked
package dev.threadmill.core.project;

import org.jspecify.annotations.NullMarked;
