package dev.threadmill.ingest.store;

import dev.threadmill.core.project.Source;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code erased_things}: what was erased on request. Triggers keep it out of the tables;
 * here the sync learns that it is not missing.
 */
@Repository
public class ErasedTable {
  private final JdbcClient jdbc;

  ErasedTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public boolean hasConversation(Source source, long conversationId) {
    return jdbc.sql(
            "select exists (select from erased_things where source_id = :source and global_id = :id)")
        .param("source", source.id())
        .param("id", GlobalIds.conversation(source, conversationId))
        .query(Boolean.class)
        .single();
  }

  /** Remembers whether Chatwoot still shows, and so counts, an erased conversation. */
  public void shown(Source source, long conversationId, boolean shown) {
    jdbc.sql(
            """
            update erased_things set counted = :shown
            where source_id = :source and global_id = :id and counted <> :shown
            """)
        .param("source", source.id())
        .param("id", GlobalIds.conversation(source, conversationId))
        .param("shown", shown)
        .update();
  }

  /** How many erased conversations Chatwoot still shows, as far as is known. */
  public long countShown(Source source) {
    return jdbc.sql(
            """
            select count(*) from erased_things
            where source_id = :source and kind = 'conversation' and counted
            """)
        .param("source", source.id())
        .query(Long.class)
        .single();
  }
}
