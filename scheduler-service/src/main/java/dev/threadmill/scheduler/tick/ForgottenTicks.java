package dev.threadmill.scheduler.tick;

import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.tick.Tick;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Processes ticks that no event announced, so due work is queued while Kafka is away. */
@Component
class ForgottenTicks implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(ForgottenTicks.class);
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final int AT_ONCE = 100;

  private final KafkaConnection kafka;
  private final TickLog ticks;
  private final TickProcessor processor;
  private volatile String said = "";

  ForgottenTicks(KafkaConnection kafka, TickLog ticks, TickProcessor processor) {
    this.kafka = kafka;
    this.ticks = ticks;
    this.processor = processor;
  }

  @Override
  public String name() {
    return "forgotten ticks";
  }

  @Override
  public Duration sweep() {
    List<Tick> forgotten = ticks.unprocessed(FORGOTTEN_AFTER, AT_ONCE);
    for (Tick tick : forgotten) {
      if (processor.process(tick.id())) {
        say(tick);
      }
    }
    if (forgotten.isEmpty()) {
      said = "";
    }
    return PAUSE;
  }

  /** Once, until ticks come by their events again or the cause is another. */
  private void say(Tick tick) {
    String what =
        kafka.isUp()
            ? "no event came for tick {}; it is processed without"
            : "Kafka is away: tick {} is processed without its event, and so are others. What is due is claimed and queued, and announced when Kafka is back";
    if (!what.equals(said)) {
      log.warn(what, tick.id());
      said = what;
    }
  }
}
