/** What may be asked of the provider, and when not. */
@NullMarked
package dev.threadmill.embed.budget;

import org.jspecify.annotations.NullMarked;
