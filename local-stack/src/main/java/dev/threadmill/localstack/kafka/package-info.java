/** A private Kafka broker. */
@NullMarked
package dev.threadmill.localstack.kafka;

import org.jspecify.annotations.NullMarked;
