/** Small parts by themselves: time and allocated bytes per call, with JMH. */
@NullMarked
package dev.threadmill.bench.micro;

import org.jspecify.annotations.NullMarked;
