/** Health scores over many conversations, and over the few that changed. */
@NullMarked
package dev.threadmill.bench.health;

import org.jspecify.annotations.NullMarked;
