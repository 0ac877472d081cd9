package dev.threadmill.scheduler.recovery;

import dev.threadmill.core.event.JobFinished;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RunMeters;
import dev.threadmill.core.run.RunRecovery;
import dev.threadmill.core.run.RunRecovery.TakenBackRun;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.run.RunSettings;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Takes back runs whose worker stopped extending its lease. */
@Component
class LostRuns implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(LostRuns.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final RunRecovery recovery;
  private final RunSettings settings;
  private final RunRequests requests;
  private final EventSender sender;
  private final RunMeters meters;
  private final Clock clock;

  LostRuns(
      RunRecovery recovery,
      RunSettings settings,
      RunRequests requests,
      EventSender sender,
      RunMeters meters,
      Clock clock) {
    this.recovery = recovery;
    this.settings = settings;
    this.requests = requests;
    this.sender = sender;
    this.meters = meters;
    this.clock = clock;
    // It ends runs of every service.
    for (JobType job : JobType.values()) {
      meters.expect(job);
    }
  }

  @Override
  public String name() {
    return "lost runs";
  }

  @Override
  public Duration sweep() {
    List<TakenBackRun> lost = recovery.takeBackLost(settings.maxAttempts());
    lost.forEach(this::say);
    requests.announce(
        lost.stream()
            .filter(taken -> taken.status() == RunStatus.QUEUED)
            .map(TakenBackRun::run)
            .toList());
    // Dropped when Kafka is away; the rows tell it all the same.
    var unused =
        sender.sendAll(
            lost.stream().filter(taken -> taken.status().finished()).map(this::finished).toList());
    return PAUSE;
  }

  private void say(TakenBackRun taken) {
    log.warn(
        "run {} of {} is taken back from {}, whose lease ran out in attempt {}; now it is {}",
        taken.run().id(),
        taken.run().jobType().wireName(),
        taken.lostBy(),
        taken.run().attempt(),
        taken.status().wireName());
    if (taken.status().finished()) {
      meters.ended(taken.run().jobType(), taken.trigger(), taken.status(), taken.duration());
    } else {
      meters.retried(taken.run().jobType());
    }
  }

  private JobFinished finished(TakenBackRun taken) {
    QueuedRun run = taken.run();
    return new JobFinished(
        UUID.randomUUID(),
        clock.instant(),
        run.projectId(),
        run.id(),
        run.jobType(),
        taken.status(),
        Map.of(),
        taken.duration().toMillis());
  }
}
