/** Who is signed in to the dashboard. */
@NullMarked
package dev.threadmill.gateway.dashboard.session;

import org.jspecify.annotations.NullMarked;
