/** What administrators see and do: projects, sources, tokens, and the audit log. */
@NullMarked
package dev.threadmill.gateway.dashboard.admin;

import org.jspecify.annotations.NullMarked;
