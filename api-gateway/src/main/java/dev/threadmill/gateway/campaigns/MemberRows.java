package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code campaign_members}. */
@Repository
public class MemberRows {
  private final JdbcClient jdbc;

  MemberRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A contact in a campaign.
   *
   * @param state {@code active}, {@code finished} or {@code stopped}
   * @param stopReason why it gets nothing more; null where it was not stopped
   * @param nextStep from 0
   * @param dueAt when that is drafted; null while a message is open, and when nothing is to come
   */
  public record MemberView(
      long id,
      String contactGlobalId,
      String state,
      @Nullable String stopReason,
      int nextStep,
      @Nullable Instant dueAt,
      Instant enrolledAt,
      @Nullable Instant endedAt) {}

  /** In the order in which they were enrolled, behind one that was seen already. */
  List<MemberView> list(
      UUID project, UUID campaign, @Nullable String state, long after, int limit) {
    return jdbc.sql(
            """
            select id, contact_global_id, state, stop_reason, next_step, due_at, enrolled_at, ended_at
            from campaign_members
            where campaign_id = :campaign and project_id = :project and id > :after %s
            order by id limit :limit
            """
                .formatted(state == null ? "" : "and state = :state"))
        .param("campaign", campaign)
        .param("project", project)
        .param("after", after)
        .param("state", state)
        .param("limit", limit)
        .query(
            (row, number) ->
                new MemberView(
                    row.getLong("id"),
                    row.getString("contact_global_id"),
                    row.getString("state"),
                    row.getString("stop_reason"),
                    row.getInt("next_step"),
                    Columns.instant(row, "due_at"),
                    Columns.requiredInstant(row, "enrolled_at"),
                    Columns.instant(row, "ended_at")))
        .list();
  }
}
