package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.MemberStop;

/** What may be done about a message that is due. */
sealed interface Verdict {
  /** It is claimed: send it, once. */
  record Send(Claim claim) implements Verdict {}

  /** Sending is off: it is noted that it would have been sent. */
  record WouldSend() implements Verdict {}

  /** Its contact gets nothing more; it is cancelled. */
  record Stopped(MemberStop reason) implements Verdict {}

  /** It waits: for the end of quiet hours, or until the contact may get one more. */
  record Postponed() implements Verdict {}

  /** The campaign sends nothing more for now: it is paused or over, or its window is full. */
  record CampaignWaits() implements Verdict {}

  /** The project's week is full by this campaign's rule; another's may allow more. */
  record ProjectWaits() implements Verdict {}

  /** Somebody changed, cancelled or took it meanwhile. */
  record Passed() implements Verdict {}
}
