package dev.threadmill.bench.insight;

import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.core.job.JobType;

/**
 * A campaign for all contacts, each of whose messages waits for a person. "Theirs" are the runs
 * until all are enrolled and drafted: the goal is a run over new replies that costs less than a
 * hundredth of them.
 */
final class CampaignScenario implements InsightBench.Scenario {
  private static final int MESSAGES = 1_000_000;
  private static final int NEW = 1_000;

  /** A contact has five conversations of ten messages. */
  private static final int CONTACTS = MESSAGES / 50;

  private static final int DRAFTED_BY_A_RUN = 2_000;

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    try (InsightProject project = InsightProject.start(servers)) {
      project.fill(MESSAGES);
      project.execute(
          """
          insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
          select id, 'bench', 'approved', '{}',
            '[{"day_offset": 0, "channel": "chatwoot", "template": "Hi {{contact.name}}, how is it going?"}]',
            '{"approve_each": true, "stop_on_reply": true, "enrolment": "once"}', 'bench', 'bench', now()
          from projects where name = 'insight'
          """);
      double all = 0;
      for (int run = 0; run < CONTACTS / DRAFTED_BY_A_RUN; run++) {
        all += project.run(JobType.CAMPAIGN_SCHEDULER);
      }
      project.require("select count(*) from outbound_messages where state = 'waiting'", CONTACTS);
      Samples first = new Samples();
      first.add(all);
      Samples again = new Samples();
      for (int round = 1; round <= 3; round++) {
        project.add(NEW);
        again.add(project.run(JobType.CAMPAIGN_SCHEDULER));
        requireRepliesStopped(project);
      }
      Usage usage = project.usage();
      report.cost(
          "campaign, 1,000 new messages of 1,000,000", "s", again, "all runs", first, usage);
      Samples nothing = new Samples();
      nothing.add(project.run(JobType.CAMPAIGN_SCHEDULER));
      report.cost("campaign, nothing new", "s", nothing, "all runs", first, Usage.UNKNOWN);
    }
  }

  private static void requireRepliesStopped(InsightProject project) throws Exception {
    project.require(
        """
        select count(*) from campaign_members m join cw_conversations v using (contact_global_id)
          join cw_messages r on r.conversation_global_id = v.global_id and r.message_id > m.known_message
        where m.state = 'active' and r.message_type = 'incoming'
        """,
        0);
  }
}
