/** Where work comes from: events, the sweep over the states, requested runs. */
@NullMarked
package dev.threadmill.embed.intake;

import org.jspecify.annotations.NullMarked;
