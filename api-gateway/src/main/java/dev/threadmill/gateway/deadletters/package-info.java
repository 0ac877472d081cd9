/** Records that no listener could use: what they were, and sending them again. */
@NullMarked
package dev.threadmill.gateway.deadletters;

import org.jspecify.annotations.NullMarked;
