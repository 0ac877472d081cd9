package dev.threadmill.scheduler.removal;

import dev.threadmill.core.project.Erasures;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Erases contacts, conversations and sources, in batches so small that nobody waits for them. */
@Component
class ErasedThings implements Sweep {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(20);
  private static final int BATCH = 1000;

  private final Erasures erasures;

  ErasedThings(Erasures erasures) {
    this.erasures = erasures;
  }

  @Override
  public String name() {
    return "erasures";
  }

  @Override
  public Duration sweep() {
    return erasures.advance(BATCH) ? BETWEEN_BATCHES : PAUSE;
  }
}
