package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.Rows.Row;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code sync_walk_edge}: what a walk over the list was shown of the latest second it has
 * reached. Times have whole seconds, and an import creates thousands of conversations in one: among
 * those only the id tells which were seen. A row with a negative number is no conversation, but
 * says that those of its second stood on several pages.
 */
@Repository
public class WalkEdgeTable {
  private final JdbcClient jdbc;

  WalkEdgeTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public void add(Source source, List<ConversationPayload> rows) {
    jdbc.sql(
            """
            insert into sync_walk_edge (source_id, conversation_id, created_at)
            select :source, conversation_id, created_at
            from json_to_recordset(:rows::json) as r(conversation_id bigint, created_at timestamptz)
            order by conversation_id
            on conflict do nothing
            """)
        .param("source", source.id())
        .param(
            "rows",
            Rows.of(
                rows,
                row ->
                    new Row()
                        .with("conversation_id", row.id())
                        .with("created_at", row.createdAt())))
        .update();
  }

  public boolean has(Source source, long conversationId) {
    return jdbc.sql(
            """
            select exists (select from sync_walk_edge where source_id = :source and conversation_id = :id)
            """)
        .param("source", source.id())
        .param("id", conversationId)
        .query(Boolean.class)
        .single();
  }

  /** Conversations created in that second stand on several pages. */
  public void split(Source source, Instant second) {
    jdbc.sql(
            """
            insert into sync_walk_edge (source_id, conversation_id, created_at)
            values (:source, -1 - abs(:epoch), :second) on conflict do nothing
            """)
        .param("source", source.id())
        .param("epoch", second.getEpochSecond())
        .param("second", Columns.parameter(second))
        .update();
  }

  /** The seconds that stood on several pages of the walk; it forgets them. */
  public List<Instant> takeSplit(Source source) {
    return jdbc.sql(
            """
            delete from sync_walk_edge where source_id = :source and conversation_id < 0 returning created_at
            """)
        .param("source", source.id())
        .query((row, number) -> Columns.requiredInstant(row, "created_at"))
        .list();
  }

  /** The walk is past what was created before a time; the marks stay until its end. */
  public void forgetBefore(Source source, Instant second) {
    jdbc.sql(
            """
            delete from sync_walk_edge
            where source_id = :source and created_at < :second and conversation_id > 0
            """)
        .param("source", source.id())
        .param("second", Columns.parameter(second))
        .update();
  }

  /** A new walk begins. */
  public void clear(Source source) {
    jdbc.sql("delete from sync_walk_edge where source_id = :source")
        .param("source", source.id())
        .update();
  }
}
