/** The shared vocabulary of the services. */
@NullMarked
package dev.threadmill.core;

import org.jspecify.annotations.NullMarked;
