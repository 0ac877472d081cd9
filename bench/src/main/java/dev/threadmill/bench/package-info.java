/** Measures the services beside what people would use instead; prints ratios of one run. */
@NullMarked
package dev.threadmill.bench;

import org.jspecify.annotations.NullMarked;
