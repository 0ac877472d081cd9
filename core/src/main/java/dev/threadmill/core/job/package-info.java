/** The names of jobs, of what starts them and of the states of their runs. */
@NullMarked
package dev.threadmill.core.job;

import org.jspecify.annotations.NullMarked;
