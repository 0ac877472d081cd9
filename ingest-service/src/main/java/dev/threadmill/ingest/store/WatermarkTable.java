package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.store.Watermark.Listing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code sync_watermarks}. */
@Repository
public class WatermarkTable {
  private static final String LISTING = "listing";

  private final JdbcClient jdbc;
  private final JsonMapper json;

  WatermarkTable(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  public Watermark find(Source source) {
    return jdbc.sql(
            """
            select cursor_ts, cursor_id, meta from sync_watermarks
            where project_id = :project and source = :source
            """)
        .param("project", source.projectId())
        .param("source", source.watermarkName())
        .query(this::row)
        .optional()
        .orElse(new Watermark(null, null, Listing.NONE));
  }

  /** Remembers how far the listing is; in the transaction that stores what was listed. */
  public void remember(Source source, Listing listing) {
    remember(source, LISTING, listing);
  }

  /** Another part of the sync's memory, or empty when nothing is known. */
  public <T> Optional<T> part(Source source, String name, Class<T> type) {
    return jdbc.sql(
            """
            select meta -> :name as meta from sync_watermarks
            where project_id = :project and source = :source and meta -> :name is not null
            """)
        .param("name", name)
        .param("project", source.projectId())
        .param("source", source.watermarkName())
        .query((row, number) -> json.treeToValue(Columns.json(row, "meta"), type))
        .optional();
  }

  /**
   * Remembers a part; in the transaction that stores what it stands for. Of a source that is
   * removed nothing is remembered: it would be taken for what the next one of its name has.
   */
  public void remember(Source source, String name, Object part) {
    jdbc.sql(
            """
            insert into sync_watermarks (project_id, source, meta)
            select :project, :source, jsonb_build_object(:name::text, :part::jsonb)
            from project_sources where id = :source_id and removed_at is null
            for key share
            on conflict (project_id, source) do update
            set meta = sync_watermarks.meta || excluded.meta, updated_at = now()
            where sync_watermarks.meta || excluded.meta <> sync_watermarks.meta
            """)
        .param("source_id", source.id())
        .param("project", source.projectId())
        .param("source", source.watermarkName())
        .param("name", name)
        .param("part", json.writeValueAsString(part))
        .update();
  }

  /**
   * Moves the cursor as far as everything is stored, and never back: to the end of the listing, or
   * before the earliest change that is not read yet. While a walk over the pages is not through,
   * and while a conversation gives no answer, it stays where it is.
   */
  public void advance(Source source) {
    jdbc.sql(
            """
            with unread as (
              select min(source_updated_at) - interval '1 microsecond' as before from cw_conversations
              where source_id = :source_id and deleted_at is null
                and messages_read_at is distinct from source_updated_at),
            target as (
              select least((meta -> 'listing' ->> 'listed_until')::timestamptz, unread.before) as ts
              from sync_watermarks, unread
              where project_id = :project and source = :source
                and meta -> 'listing' ->> 'crawl' is null
                and not exists (select from sync_unanswered where source_id = :source_id))
            update sync_watermarks w
            set cursor_ts = target.ts, updated_at = now(),
                cursor_id = coalesce(
                  (select conversation_id from cw_conversations
                   where source_id = :source_id and source_updated_at <= target.ts
                   order by source_updated_at desc, conversation_id desc limit 1), w.cursor_id)
            from target
            where w.project_id = :project and w.source = :source
              and exists (select from project_sources where id = :source_id and removed_at is null)
              and target.ts is not null and target.ts > coalesce(w.cursor_ts, '-infinity')
            """)
        .param("source_id", source.id())
        .param("project", source.projectId())
        .param("source", source.watermarkName())
        .update();
  }

  private Watermark row(ResultSet row, int number) throws SQLException {
    JsonNode listing = Columns.json(row, "meta").path(LISTING);
    return new Watermark(
        Columns.instant(row, "cursor_ts"),
        Columns.wholeNumber(row, "cursor_id"),
        listing.isObject() ? json.treeToValue(listing, Listing.class) : Listing.NONE);
  }
}
