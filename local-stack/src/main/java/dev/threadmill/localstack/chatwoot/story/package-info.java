/** The invented support desk that the demo shows, and its live traffic. */
@NullMarked
package dev.threadmill.localstack.chatwoot.story;

import org.jspecify.annotations.NullMarked;
