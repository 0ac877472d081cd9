package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The job {@code campaign_scheduler}: all campaigns of a project that are at work. */
@Component
class CampaignJob implements JobHandler {
  private static final Logger log = LoggerFactory.getLogger(CampaignJob.class);

  private final CampaignTable campaigns;
  private final Preparation preparation;
  private final Doubts doubts;
  private final Sending sending;
  private final Ending ending;
  private final Lines lines;

  CampaignJob(
      CampaignTable campaigns,
      Preparation preparation,
      Doubts doubts,
      Sending sending,
      Ending ending,
      Lines lines) {
    this.campaigns = campaigns;
    this.preparation = preparation;
    this.doubts = doubts;
    this.sending = sending;
    this.ending = ending;
    this.lines = lines;
  }

  @Override
  public JobType jobType() {
    return JobType.CAMPAIGN_SCHEDULER;
  }

  @Override
  public Outcome run(RunContext context) {
    UUID project = context.run().projectId();
    var counts = new CampaignCounts();
    Runnable checkpoint =
        () -> {
          context.checkpoint();
          context.progress(counts.processed(), counts.toMap());
        };
    var open = lines.open(counts, checkpoint);
    doubts.resolve(project, open, counts, checkpoint);
    List<CampaignAtWork> all = campaigns.atWork(project);
    boolean left = false;
    List<CampaignAtWork> running = new ArrayList<>();
    for (CampaignAtWork campaign : all) {
      counts.add(Count.CAMPAIGNS);
      if (campaign.state() != CampaignState.COMPLETED) {
        running.add(campaign);
        left |=
            apart(
                context, campaign, counts, () -> preparation.prepare(campaign, counts, checkpoint));
      }
    }
    sending.send(project, running, open, counts, checkpoint);
    for (CampaignAtWork campaign : all) {
      var unused =
          apart(
              context,
              campaign,
              counts,
              () -> {
                ending.close(campaign, counts, checkpoint);
                return false;
              });
    }
    campaigns.tookTurn(all);
    return outcome(project, all, left, open.allClosed(), counts);
  }

  @FunctionalInterface
  private interface Work {
    boolean leavesSome();
  }

  /** One campaign that can't be worked on keeps no other from it. */
  private static boolean apart(
      RunContext context, CampaignAtWork campaign, CampaignCounts counts, Work work) {
    try {
      return work.leavesSome();
    } catch (RunStoppedException stopped) {
      throw stopped;
    } catch (RuntimeException failure) {
      if (DatabaseFailures.isAway(failure)) {
        throw failure;
      }
      log.warn("Campaign {} could not be worked on", campaign.id(), failure);
      context.say("campaign " + campaign.id() + " was set aside; the service's log says why");
      counts.add(Count.SET_ASIDE);
      return true;
    }
  }

  private Outcome outcome(
      UUID project,
      List<CampaignAtWork> all,
      boolean notEnrolled,
      boolean allClosed,
      CampaignCounts counts) {
    Map<String, Object> result = counts.toMap();
    boolean left = notEnrolled || (!all.isEmpty() && campaigns.hasDue(project));
    result.put("left", left);
    result.put("send_enabled", sending.enabled());
    SendAnswer.NotNow trouble = counts.trouble();
    if (trouble != null) {
      result.put("error_class", trouble.errorClass());
      // Where other accounts were served, that one waits for the next run.
      if (allClosed && trouble.retryAfter() != null) {
        return new Outcome.RetryLater(
            trouble.retryAfter(), trouble.errorClass(), trouble.why(), result);
      }
      if (allClosed && counts.processed() == 0) {
        return new Outcome.GiveUp(trouble.errorClass(), trouble.why(), result);
      }
    }
    boolean partial = trouble != null || counts.of(Count.SET_ASIDE) > 0;
    return partial
        ? Outcome.partial(counts.processed(), result)
        : Outcome.done(counts.processed(), result);
  }
}
