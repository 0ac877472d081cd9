package dev.threadmill.core.kafka;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.event.MalformedEventException;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;

/** What becomes of a record whose listener threw. */
final class ListenerErrors {
  private static final int ATTEMPTS_OF_THE_UNFORESEEN = 5;

  private ListenerErrors() {}

  static DefaultErrorHandler handler(DeadLetters deadLetters) {
    var handler = new DefaultErrorHandler(deadLetters);
    handler.addNotRetryableExceptions(MalformedEventException.class);
    handler.setBackOffFunction((record, failure) -> backOff(failure));
    handler.setLogLevel(org.springframework.kafka.KafkaException.Level.DEBUG);
    return handler;
  }

  /** A database that is away is no fault of the record: it waits as long as it takes. */
  private static BackOff backOff(Exception failure) {
    var backOff = new ExponentialBackOff(200, 2);
    backOff.setMaxInterval(10_000);
    if (!DatabaseFailures.isAway(failure)) {
      backOff.setMaxAttempts(ATTEMPTS_OF_THE_UNFORESEEN);
    }
    return backOff;
  }
}
