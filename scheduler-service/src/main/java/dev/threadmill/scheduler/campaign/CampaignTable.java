package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.CampaignState.Action;
import dev.threadmill.core.campaign.Segments.Place;
import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code campaigns}, as the job moves it on. */
@Repository
class CampaignTable {
  /** More than anybody has at once; where there are more, they take turns. */
  private static final int MOST = 500;

  private final JdbcClient jdbc;

  CampaignTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Those of a project in which something may be due; those that people paused are not. */
  List<CampaignAtWork> atWork(UUID project) {
    return jdbc.sql(
            """
            select id, project_id, state, segment, steps, rules, enrol_number, enrol_id,
              enrolled_at is null or enrol_number is not null
                or (rules ->> 'enrolment' = 'continuous' and enrolled_at < now() - interval '1 day') as enrol_due
            from campaigns
            where project_id = :project and (state in ('approved', 'running') or (state = 'completed' and settled_at is null))
            order by worked_at, id limit :most
            """)
        .param("project", project)
        .param("most", MOST)
        .query(CampaignTable::row)
        .list();
  }

  /** Call it when a run is through with what {@link #atWork} gave. */
  void tookTurn(List<CampaignAtWork> worked) {
    if (worked.size() < MOST) {
      // All of them: nobody waits.
      return;
    }
    jdbc.sql("update campaigns set worked_at = now() where id = any (:ids::uuid[])")
        .param("ids", Columns.texts(worked.stream().map(one -> one.id().toString()).toList()))
        .update();
  }

  private static CampaignAtWork row(ResultSet row, int number) throws SQLException {
    Long at = Columns.wholeNumber(row, "enrol_number");
    return new CampaignAtWork(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        CampaignState.of(row.getString("state")),
        CampaignPlan.read(row.getString("segment"), row.getString("steps"), row.getString("rules")),
        at == null ? Place.BEGINNING : new Place(at, row.getString("enrol_id")),
        row.getBoolean("enrol_due"));
  }

  /** What a person approved runs from now on; false when it was paused or ended meanwhile. */
  boolean begin(UUID id) {
    return jdbc.sql(
                """
                update campaigns
                set state = :to, started_at = now(), replies_to = now(), state_changed_by = 'campaign_scheduler',
                  updated_at = now()
                where id = :id and state = any (:from::text[])
                """)
            .param("to", Action.BEGIN.to().wireName())
            .param("from", Columns.texts(Action.BEGIN.fromNames()))
            .param("id", id)
            .update()
        == 1;
  }

  /**
   * How far its enrolment is. Call it in the transaction that enrols.
   *
   * @param place null: it has looked at all contacts
   * @return false when it runs no more
   */
  boolean enrolled(UUID id, @Nullable Place place) {
    return jdbc.sql(
                """
                update campaigns
                set enrol_number = :number, enrol_id = :contact,
                  enrolled_at = case when :number::bigint is null then now() else enrolled_at end
                where id = :id and state = 'running'
                """)
            .param("number", place == null ? null : place.number())
            .param("contact", place == null ? null : place.contact())
            .param("id", id)
            .update()
        == 1;
  }

  /** Ends a campaign of which nothing is to come: all were enrolled, and nobody is active. */
  boolean complete(UUID id) {
    return jdbc.sql(
                """
                update campaigns c
                set state = 'completed', completed_at = now(), settled_at = now(), state_changed_by = 'campaign_scheduler',
                  updated_at = now()
                where c.id = :id and c.state = 'running' and c.enrolled_at is not null and c.enrol_number is null
                  and c.rules ->> 'enrolment' <> 'continuous'
                  and not exists (select from campaign_members m where m.campaign_id = c.id and m.state = 'active')
                """)
            .param("id", id)
            .update()
        == 1;
  }

  /** Nothing is left to be done of one that a person ended. */
  void settle(UUID id) {
    jdbc.sql(
            """
            update campaigns c set settled_at = now()
            where c.id = :id and c.state = 'completed' and c.settled_at is null
              and not exists (select from campaign_members m where m.campaign_id = c.id and m.state = 'active')
            """)
        .param("id", id)
        .update();
  }

  /** Whether anything is due in a running campaign of a project. */
  boolean hasDue(UUID project) {
    return jdbc.sql(
            """
            select exists (
              select from campaigns c
              where c.project_id = :project and c.state = 'running'
                and (exists (select from campaign_members m where m.campaign_id = c.id and m.due_at <= now())
                  or exists (select from outbound_messages o
                             where o.campaign_id = c.id and o.state = 'ready' and o.due_at <= now())))
            """)
        .param("project", project)
        .query(Boolean.class)
        .single();
  }
}
