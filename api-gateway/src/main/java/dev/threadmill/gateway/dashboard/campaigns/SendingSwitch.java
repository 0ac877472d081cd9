package dev.threadmill.gateway.dashboard.campaigns;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RunFilter;
import dev.threadmill.core.run.RunHistory;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Whether campaigns are sent. The setting is the scheduler's, and its job says in each result how
 * it stood.
 */
@Component
class SendingSwitch {
  /** So many runs are asked; those that go on or failed may not know. */
  private static final int RUNS = 10;

  private static final RunFilter OF_THE_JOB =
      new RunFilter(JobType.CAMPAIGN_SCHEDULER, null, null, null, null, null);

  private final RunHistory history;

  SendingSwitch(RunHistory history) {
    this.history = history;
  }

  /** {@code on}, {@code off}, or {@code unknown} as long as no run has said it. */
  String of(UUID project) {
    return history.newest(project, OF_THE_JOB, RUNS).stream()
        .map(run -> run.result().path("send_enabled"))
        .filter(told -> told.isBoolean())
        .findFirst()
        .map(told -> told.asBoolean() ? "on" : "off")
        .orElse("unknown");
  }
}
