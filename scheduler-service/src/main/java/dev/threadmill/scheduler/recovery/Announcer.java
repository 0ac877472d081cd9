package dev.threadmill.scheduler.recovery;

import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RunRecovery;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Announces queued runs that nobody took: the event was never sent, or its worker is gone. */
@Component
class Announcer implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(15);

  private static final int AT_ONCE = 500;

  private final RunRecovery recovery;
  private final RunRequests requests;
  private final KafkaConnection kafka;

  Announcer(RunRecovery recovery, RunRequests requests, KafkaConnection kafka) {
    this.recovery = recovery;
    this.requests = requests;
    this.kafka = kafka;
  }

  @Override
  public String name() {
    return "announcer";
  }

  @Override
  public Duration sweep() {
    if (kafka.isUp()) {
      List<QueuedRun> forgotten = recovery.takeUnannounced(AGAIN_AFTER, AT_ONCE);
      if (!forgotten.isEmpty()) {
        log.debug("{} queued runs announced again", forgotten.size());
        requests.announce(forgotten);
      }
      if (forgotten.size() == AT_ONCE) {
        return Duration.ZERO;
      }
    }
    return PAUSE;
  }
}
