package dev.threadmill.gateway.search;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.search.SearchAnswer.Neighbour;
import dev.threadmill.gateway.search.SearchAnswer.Neighbours;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what was said around messages. */
@Repository
class NeighbourSearch {
  private static final String NEXT =
      """
      (select m.global_id, m.message_id, m.message_type, m.content, m.created_at from cw_messages m
       where m.project_id = :project and m.conversation_global_id = h.conversation and m.message_id %s h.message_id
         and m.deleted_at is null and not m.private and m.message_type in ('incoming', 'outgoing') and m.content <> ''
       order by m.message_id %s limit :count)
      """;

  private final JdbcClient jdbc;

  NeighbourSearch(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * By the hits' global ids.
   *
   * @param count messages before and after each
   */
  Map<String, Neighbours> of(UUID projectId, Collection<ChunkHit> hits, int count) {
    Map<String, Neighbours> found = new HashMap<>();
    if (count == 0 || hits.isEmpty()) {
      return found;
    }
    // The text as search has it, for content may be the source of a mail.
    jdbc.sql(
            """
            select h.hit, n.message_id < h.message_id as earlier, n.message_id, n.message_type, n.created_at,
              coalesce((select c.text from rag_chunks c where c.message_global_id = n.global_id
                order by c.chunk_index limit 1), left(n.content, 1000)) as text
            from unnest(:hits::text[], :conversations::text[], :messages::bigint[]) as h (hit, conversation, message_id)
            cross join lateral (%s union all %s) n
            order by n.message_id
            """
                .formatted(NEXT.formatted("<", "desc"), NEXT.formatted(">", "asc")))
        .param("project", projectId)
        .param("hits", Columns.texts(hits.stream().map(ChunkHit::messageGlobalId).toList()))
        .param(
            "conversations",
            Columns.texts(hits.stream().map(ChunkHit::conversationGlobalId).toList()))
        .param("messages", Columns.texts(hits.stream().map(ChunkHit::messageId).toList()))
        .param("count", count)
        .query(
            row -> {
              Neighbours around =
                  found.computeIfAbsent(
                      row.getString("hit"),
                      hit -> new Neighbours(new ArrayList<>(), new ArrayList<>()));
              List<Neighbour> side = row.getBoolean("earlier") ? around.before() : around.after();
              side.add(
                  new Neighbour(
                      row.getLong("message_id"),
                      ChunkHit.side(row.getString("message_type")),
                      row.getString("text"),
                      Columns.requiredInstant(row, "created_at")));
            });
    return found;
  }
}
