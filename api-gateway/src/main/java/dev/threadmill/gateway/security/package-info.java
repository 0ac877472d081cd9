/** Who calls: bearer tokens, their scopes, and the project they speak for. */
@NullMarked
package dev.threadmill.gateway.security;

import org.jspecify.annotations.NullMarked;
