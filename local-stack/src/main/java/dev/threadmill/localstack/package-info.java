/** Development only: the stack on one machine, and the simulators that tests share with it. */
@NullMarked
package dev.threadmill.localstack;

import org.jspecify.annotations.NullMarked;
