package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.CampaignState.Action;
import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code campaigns}, as people set it. */
@Repository
class CampaignRows {
  private static final String COLUMNS =
      """
      id, name, state, segment, steps, rules, created_by, created_at, updated_at, approved_by, approved_at, started_at,
      enrolled_at, completed_at, state_changed_by
      """;

  private final JdbcClient jdbc;

  CampaignRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** In a list by creation. */
  record Place(Instant createdAt, UUID id) {}

  CampaignView insert(UUID project, String name, CampaignPlan plan, String by) {
    return jdbc.sql(
            """
            insert into campaigns (project_id, name, segment, steps, rules, created_by)
            values (:project, :name, :segment::jsonb, :steps::jsonb, :rules::jsonb, :by) returning %s
            """
                .formatted(COLUMNS))
        .param("project", project)
        .param("name", name)
        .param("segment", plan.segmentJson())
        .param("steps", plan.stepsJson())
        .param("rules", plan.rulesJson())
        .param("by", by)
        .query(CampaignRows::view)
        .single();
  }

  /** The newest first. */
  List<CampaignView> list(UUID project, @Nullable String state, @Nullable Place after, int limit) {
    return jdbc.sql(
            """
            select %s from campaigns
            where project_id = :project and (:state::text is null or state = :state)
              and (:after::timestamptz is null or (created_at, id) < (:after, :after_id::uuid))
            order by created_at desc, id desc limit :limit
            """
                .formatted(COLUMNS))
        .param("project", project)
        .param("state", state)
        .param("after", after == null ? null : Columns.parameter(after.createdAt()))
        .param("after_id", after == null ? null : after.id())
        .param("limit", limit)
        .query(CampaignRows::view)
        .list();
  }

  Optional<CampaignView> find(UUID project, UUID id) {
    return one(project, id, "");
  }

  /** The same, locked for the rest of the transaction. */
  Optional<CampaignView> lock(UUID project, UUID id) {
    return one(project, id, "for update");
  }

  private Optional<CampaignView> one(UUID project, UUID id, String lock) {
    return jdbc.sql(
            "select %s from campaigns where project_id = :project and id = :id %s"
                .formatted(COLUMNS, lock))
        .param("project", project)
        .param("id", id)
        .query(CampaignRows::view)
        .optional();
  }

  /** Of a locked draft. */
  CampaignView change(UUID id, String name, CampaignPlan plan) {
    return jdbc.sql(
            """
            update campaigns
            set name = :name, segment = :segment::jsonb, steps = :steps::jsonb, rules = :rules::jsonb, updated_at = now()
            where id = :id and state = 'draft' returning %s
            """
                .formatted(COLUMNS))
        .param("name", name)
        .param("segment", plan.segmentJson())
        .param("steps", plan.stepsJson())
        .param("rules", plan.rulesJson())
        .param("id", id)
        .query(CampaignRows::view)
        .single();
  }

  /** Of a locked one, whose state allows it. */
  CampaignView move(UUID id, Action action, String by) {
    return jdbc.sql(
            """
            update campaigns
            set state = :to, state_changed_by = :by, updated_at = now(),
              approved_by = case when :to = 'approved' then :by else approved_by end,
              approved_at = case when :to = 'approved' then now() else approved_at end,
              completed_at = case when :to = 'completed' then now() else completed_at end
            where id = :id and state = any (:from::text[]) returning %s
            """
                .formatted(COLUMNS))
        .param("to", action.to().wireName())
        .param("from", Columns.texts(action.fromNames()))
        .param("by", by)
        .param("id", id)
        .query(CampaignRows::view)
        .single();
  }

  /** A campaign's members, or messages, by state. */
  Map<String, Long> counts(String table, UUID campaign) {
    Map<String, Long> counts = new TreeMap<>();
    jdbc.sql(
            "select state, count(*) as n from "
                + table
                + " where campaign_id = :campaign group by state")
        .param("campaign", campaign)
        .query((row, number) -> counts.put(row.getString("state"), row.getLong("n")))
        .list();
    return counts;
  }

  Map<UUID, String> names(UUID project, Collection<UUID> ids) {
    Map<UUID, String> names = new HashMap<>();
    jdbc.sql(
            """
            select id, name from campaigns where id = any (:ids::uuid[]) and project_id = :project
            """)
        .param("ids", Columns.texts(ids))
        .param("project", project)
        .query((row, number) -> names.put(Columns.uuid(row, "id"), row.getString("name")))
        .list();
    return names;
  }

  private static CampaignView view(ResultSet row, int number) throws SQLException {
    CampaignPlan plan =
        CampaignPlan.read(row.getString("segment"), row.getString("steps"), row.getString("rules"));
    return new CampaignView(
        Columns.uuid(row, "id"),
        row.getString("name"),
        CampaignState.of(row.getString("state")),
        plan.segment(),
        plan.steps(),
        plan.rules(),
        row.getString("created_by"),
        Columns.requiredInstant(row, "created_at"),
        Columns.requiredInstant(row, "updated_at"),
        row.getString("approved_by"),
        Columns.instant(row, "approved_at"),
        Columns.instant(row, "started_at"),
        Columns.instant(row, "enrolled_at"),
        Columns.instant(row, "completed_at"),
        row.getString("state_changed_by"));
  }
}
