/** Pages of how customers are. */
@NullMarked
package dev.threadmill.gateway.dashboard.customers;

import org.jspecify.annotations.NullMarked;
