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
    // The back-off given here is that of batch listeners. They put aside by themselves what is
    // unusable, so what they throw is no record's fault, and a whole batch must not become dead
    // letters: it waits as long as it takes.
    var handler = new DefaultErrorHandler(deadLetters, patient());
    handler.addNotRetryableExceptions(MalformedEventException.class);
    handler.setBackOffFunction((record, failure) -> backOff(failure));
    handler.setLogLevel(org.springframework.kafka.KafkaException.Level.DEBUG);
    return handler;
  }

  /**
   * A database that is away, or that preferred another transaction, is no fault of the record: it
   * waits as long as it takes.
   */
  private static BackOff backOff(Exception failure) {
    var backOff = patient();
    if (!DatabaseFailures.passes(failure)) {
      backOff.setMaxAttempts(ATTEMPTS_OF_THE_UNFORESEEN);
    }
    return backOff;
  }

  private static ExponentialBackOff patient() {
    var backOff = new ExponentialBackOff(200, 2);
    backOff.setMaxInterval(10_000);
    return backOff;
  }
}
