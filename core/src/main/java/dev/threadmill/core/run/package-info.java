/** The run log, and how a service claims, works and finishes runs. */
@NullMarked
package dev.threadmill.core.run;

import org.jspecify.annotations.NullMarked;
