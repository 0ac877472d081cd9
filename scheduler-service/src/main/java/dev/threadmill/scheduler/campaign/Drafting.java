package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.core.campaign.Recipient;
import dev.threadmill.core.campaign.Segments;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.core.campaign.Template;
import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import dev.threadmill.scheduler.campaign.MemberTable.Due;
import dev.threadmill.scheduler.campaign.OutboundTable.Draft;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes the messages of the steps that are due. */
@Component
class Drafting {
  private static final int BATCH = 200;

  /** Batches of one campaign in one run. */
  private static final int BATCHES = 10;

  /** As many as so many windows of the campaign hold are drafted ahead. */
  private static final int WINDOWS = 2;

  private static final Logger log = LoggerFactory.getLogger(Drafting.class);

  private final MemberTable members;
  private final OutboundTable outbound;
  private final Segments segments;
  private final CampaignProgress progress;
  private final TransactionTemplate transaction;

  Drafting(
      MemberTable members,
      OutboundTable outbound,
      Segments segments,
      CampaignProgress progress,
      TransactionTemplate transaction) {
    this.members = members;
    this.outbound = outbound;
    this.segments = segments;
    this.progress = progress;
    this.transaction = transaction;
  }

  /**
   * No more than can be sent in the campaign's next windows: what is written long before that is
   * out of date when it is sent.
   */
  void draft(CampaignAtWork campaign, CampaignCounts counts, Runnable checkpoint) {
    int most = WINDOWS * campaign.plan().rules().contactsPerWindow();
    for (int batch = 0; batch < BATCHES; batch++) {
      checkpoint.run();
      int some = Math.min(BATCH, most - outbound.open(campaign.id(), most));
      if (some <= 0) {
        return;
      }
      List<Due> due = members.due(campaign.id(), campaign.plan().rules().stopOnReply(), some);
      writeOrSetAside(campaign, due, counts);
      if (due.size() < some) {
        return;
      }
    }
  }

  /** One that can't be drafted harms no other: a batch that fails is halved until it is found. */
  private void writeOrSetAside(CampaignAtWork campaign, List<Due> due, CampaignCounts counts) {
    try {
      write(campaign, due, counts);
    } catch (RuntimeException failure) {
      Apart.check(failure);
      if (due.size() == 1) {
        log.warn(
            "A member of campaign {} can't be drafted for: {}, SQL state {}",
            campaign.id(),
            failure.getClass().getName(),
            DatabaseFailures.sqlState(failure).orElse("none"));
        members.setAside(campaign.id(), due.getFirst().contact());
        counts.add(Count.SET_ASIDE);
        return;
      }
      int half = due.size() / 2;
      writeOrSetAside(campaign, due.subList(0, half), counts);
      writeOrSetAside(campaign, due.subList(half, due.size()), counts);
    }
  }

  private void write(CampaignAtWork campaign, List<Due> due, CampaignCounts counts) {
    Map<String, Recipient> recipients =
        segments
            .recipients(
                campaign.projectId(),
                campaign.plan().segment(),
                due.stream().map(Due::contact).toList())
            .stream()
            .collect(Collectors.toMap(Recipient::contact, Function.identity()));
    Map<MemberStop, List<String>> stops = new EnumMap<>(MemberStop.class);
    Map<Integer, List<Draft>> drafts = new TreeMap<>();
    for (Due member : due) {
      Recipient recipient = recipients.get(member.contact());
      MemberStop stop = member.stop() != null ? member.stop() : unreachable(recipient);
      Optional<Draft> draft =
          stop != null || recipient == null
              ? Optional.empty()
              : draft(campaign.plan().steps().get(member.step()), recipient);
      if (draft.isPresent()) {
        drafts.computeIfAbsent(member.step(), step -> new ArrayList<>()).add(draft.get());
      } else {
        stops
            .computeIfAbsent(
                stop == null ? MemberStop.FIELD_MISSING : stop, one -> new ArrayList<>())
            .add(member.contact());
      }
    }
    // Counted when it is committed.
    Map<Count, Integer> written = new EnumMap<>(Count.class);
    transaction.executeWithoutResult(
        status -> {
          stops.forEach(
              (reason, contacts) ->
                  written.merge(
                      Count.STOPPED,
                      progress.stop(campaign.projectId(), campaign.id(), contacts, reason),
                      Integer::sum));
          drafts.forEach(
              (step, texts) ->
                  written.merge(
                      Count.DRAFTED,
                      outbound.draft(
                          campaign.id(),
                          step,
                          texts,
                          !campaign.plan().rules().approveEach(),
                          daysToNext(campaign.plan().steps(), step)),
                      Integer::sum));
        });
    written.forEach(counts::add);
  }

  private static @Nullable MemberStop unreachable(@Nullable Recipient recipient) {
    if (recipient == null) {
      return MemberStop.CONTACT_GONE;
    }
    return recipient.conversation() == null ? MemberStop.CONVERSATION_GONE : null;
  }

  private static Optional<Draft> draft(Step step, Recipient recipient) {
    String conversation = recipient.conversation();
    return conversation == null
        ? Optional.empty()
        : Template.parse(step.template())
            .render(recipient)
            .map(text -> new Draft(recipient.contact(), conversation, text));
  }

  private static @Nullable Integer daysToNext(List<Step> steps, int step) {
    return step + 1 == steps.size()
        ? null
        : steps.get(step + 1).dayOffset() - steps.get(step).dayOffset();
  }
}
