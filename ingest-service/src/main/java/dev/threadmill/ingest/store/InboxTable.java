package dev.threadmill.ingest.store;

import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.InboxPayload;
import dev.threadmill.ingest.store.Rows.Row;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code cw_inboxes}. */
@Repository
public class InboxTable {
  private final JdbcClient jdbc;

  InboxTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Stores inboxes; rows that would not change are not touched. */
  public int upsert(Source source, Collection<InboxPayload> inboxes) {
    return jdbc.sql(
            """
            insert into cw_inboxes as i
              (global_id, project_id, source_id, account_id, inbox_id, name, channel, data)
            select global_id, :project, :source, :account, inbox_id, name, channel, data
            from json_to_recordset(:rows::json) as r(
              global_id text, inbox_id bigint, name text, channel text, data jsonb)
            on conflict (global_id) do update
            set name = excluded.name, channel = excluded.channel, data = excluded.data, deleted_at = null,
                changed_at = now()
            where i.data <> excluded.data or i.deleted_at is not null
            """)
        .param("rows", Rows.of(inboxes, inbox -> row(source, inbox)))
        .param("project", source.projectId())
        .param("source", source.id())
        .param("account", source.accountId())
        .update();
  }

  /** The others are gone: their names are erased, the rows stay. */
  public int eraseMissing(Source source, Collection<InboxPayload> present) {
    return jdbc.sql(
            """
            update cw_inboxes set deleted_at = now(), changed_at = now(), name = null, data = '{}'
            where project_id = :project and source_id = :source and deleted_at is null
              and inbox_id not in (select id::bigint from json_array_elements_text(:present::json) as p(id))
            """)
        .param("project", source.projectId())
        .param("source", source.id())
        .param("present", Rows.ofNumbers(present.stream().map(InboxPayload::id).toList()))
        .update();
  }

  private static Row row(Source source, InboxPayload inbox) {
    return new Row()
        .with("global_id", GlobalIds.inbox(source, inbox.id()))
        .with("inbox_id", inbox.id())
        .with("name", inbox.name())
        .with("channel", inbox.channel())
        .with("data", inbox.data());
  }
}
