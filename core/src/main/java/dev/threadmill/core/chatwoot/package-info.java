/** What every client of a Chatwoot server needs, whatever it asks for. */
@NullMarked
package dev.threadmill.core.chatwoot;

import org.jspecify.annotations.NullMarked;
