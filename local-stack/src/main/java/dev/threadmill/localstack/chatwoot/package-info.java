/** A Chatwoot server for tests and the demo: same answers, same traps, no database. */
@NullMarked
package dev.threadmill.localstack.chatwoot;

import org.jspecify.annotations.NullMarked;
