/** Who changed what. */
@NullMarked
package dev.threadmill.gateway.audit;

import org.jspecify.annotations.NullMarked;
