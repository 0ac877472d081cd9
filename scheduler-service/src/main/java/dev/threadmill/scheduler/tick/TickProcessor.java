package dev.threadmill.scheduler.tick;

import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.run.ScheduledRuns;
import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.core.tick.Tick;
import dev.threadmill.core.tick.TickLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Does the work of a tick: what is due becomes queued runs in one transaction, and is announced
 * after its commit. What a crash in between leaves unannounced, the announcer finds.
 */
@Component
class TickProcessor {
  private static final Logger log = LoggerFactory.getLogger(TickProcessor.class);

  private final TickLog ticks;
  private final DueSchedules schedules;
  private final ScheduledRuns scheduledRuns;
  private final RunRequests requests;
  private final TransactionTemplate transaction;
  private final TickSettings settings;

  TickProcessor(
      TickLog ticks,
      DueSchedules schedules,
      ScheduledRuns scheduledRuns,
      RunRequests requests,
      TransactionTemplate transaction,
      TickSettings settings) {
    this.ticks = ticks;
    this.schedules = schedules;
    this.scheduledRuns = scheduledRuns;
    this.requests = requests;
    this.transaction = transaction;
    this.settings = settings;
  }

  /**
   * Processes a tick, unless somebody already did; whoever comes second waits for the first.
   *
   * @return whether this call did it
   */
  boolean process(UUID tickId) {
    Optional<Claimed> claimed =
        Objects.requireNonNull(transaction.execute(status -> claim(tickId)));
    claimed.ifPresent(
        result -> {
          requests.announce(result.runs());
          if (result.due() > 0) {
            log.info(
                "tick {}: {} schedules due, {} runs queued",
                tickId,
                result.due(),
                result.runs().size());
          }
        });
    return claimed.isPresent();
  }

  private record Claimed(int due, List<QueuedRun> runs) {}

  private Optional<Claimed> claim(UUID tickId) {
    return ticks
        .take(tickId)
        .map(
            tick -> {
              Claimed claimed = claim(tick);
              ticks.claimed(tickId, claimed.due());
              return claimed;
            });
  }

  /**
   * All in one batch, which the tick itself bounds: runs that were queued in several would be
   * queued in no order, and the end of a run that cascades might wait for one batch and the next
   * for it.
   */
  private Claimed claim(Tick tick) {
    List<DueSchedule> due = schedules.lock(tick.projectId(), tick.maxDue());
    return new Claimed(due.size(), queue(tick, due));
  }

  private List<QueuedRun> queue(Tick tick, List<DueSchedule> due) {
    List<Plan.Move> moves = new ArrayList<>(due.size());
    for (DueSchedule schedule : due) {
      switch (Plan.of(schedule, settings.grace())) {
        case Plan.Suspend suspend -> {
          log.warn("schedule {} is suspended: {}", suspend.schedule(), suspend.why());
          schedules.suspend(suspend.schedule(), suspend.why());
        }
        case Plan.Move move -> moves.add(move);
      }
    }
    if (moves.isEmpty()) {
      return List.of();
    }
    List<QueuedRun> queued =
        scheduledRuns.queue(tick.id(), present(moves.stream().map(Plan.Move::run)));
    scheduledRuns.skip(tick.id(), present(moves.stream().map(Plan.Move::skip)));
    schedules.moveOn(moves);
    return queued;
  }

  private static List<DueTime> present(Stream<@Nullable DueTime> times) {
    return times.<DueTime>flatMap(Stream::ofNullable).toList();
  }
}
