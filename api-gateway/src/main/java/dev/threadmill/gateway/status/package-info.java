/** What there is and how far it is, in one answer. */
@NullMarked
package dev.threadmill.gateway.status;

import org.jspecify.annotations.NullMarked;
