/** What the jobs that work on conversations share: which of them changed. */
@NullMarked
package dev.threadmill.scheduler.insight;

import org.jspecify.annotations.NullMarked;
