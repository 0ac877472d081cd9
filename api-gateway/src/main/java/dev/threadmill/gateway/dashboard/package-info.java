/** The pages for people: frame, sign-in, errors. docs/dashboard.md says how a page is added. */
@NullMarked
package dev.threadmill.gateway.dashboard;

import org.jspecify.annotations.NullMarked;
