/** What the simulated Chatwoot account holds, and everything that can happen to it. */
@NullMarked
package dev.threadmill.localstack.chatwoot.account;

import org.jspecify.annotations.NullMarked;
