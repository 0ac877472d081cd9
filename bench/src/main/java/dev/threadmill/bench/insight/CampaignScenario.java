package dev.threadmill.bench.insight;

import dev.threadmill.bench.Goal;
import dev.threadmill.core.job.JobType;
import java.sql.SQLException;

/**
 * A campaign for all contacts, each of whose messages waits for a person: at first all are enrolled
 * and drafted, and then it is seen who replied.
 */
final class CampaignScenario implements Scenario {
  @Override
  public String name() {
    return "campaign";
  }

  @Override
  public JobType job() {
    return JobType.CAMPAIGN_SCHEDULER;
  }

  @Override
  public Goal goal() {
    return Goal.CAMPAIGN;
  }

  @Override
  public void prepare(InsightProject project) throws SQLException {
    project.execute(
        """
        insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
        select id, 'bench', 'approved', '{}',
          '[{"day_offset": 0, "channel": "chatwoot", "template": "Hi {{contact.name}}, how is it going?"}]',
          '{"approve_each": true, "stop_on_reply": true, "enrolment": "once", "contacts_per_window": 100000}', 'bench', 'bench', now()
        from projects where name = 'insight'
        """);
  }

  @Override
  public void requireDone(InsightProject project, long messages) throws SQLException {
    project.require("select count(*) from outbound_messages", InsightProject.CONTACTS);
    project.require(
        """
        select count(*) from campaign_members m join cw_conversations v using (contact_global_id)
          join cw_messages r on r.conversation_global_id = v.global_id and r.message_id > m.known_message
        where m.state = 'active' and r.message_type = 'incoming'
        """,
        0);
  }
}
