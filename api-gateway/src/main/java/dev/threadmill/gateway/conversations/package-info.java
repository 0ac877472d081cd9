/** Reading conversations and their messages. */
@NullMarked
package dev.threadmill.gateway.conversations;

import org.jspecify.annotations.NullMarked;
