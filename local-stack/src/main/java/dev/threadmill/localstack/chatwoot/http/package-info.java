/** The wire: requests, answers, their log, and faults to order. */
@NullMarked
package dev.threadmill.localstack.chatwoot.http;

import org.jspecify.annotations.NullMarked;
