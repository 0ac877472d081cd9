package dev.threadmill.bench.gateway;

import dev.threadmill.bench.BenchServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Rows as the services would have written them, many at once. */
final class Rows {
  /** So many rows in one statement, so that no statement's memory grows with the whole. */
  private static final int BATCH = 50_000;

  private final BenchServers servers;
  private final String jdbcUrl;

  Rows(BenchServers servers, String jdbcUrl) {
    this.servers = servers;
    this.jdbcUrl = jdbcUrl;
  }

  String jdbcUrl() {
    return jdbcUrl;
  }

  /** Projects with a source and one conversation for each hundred messages. */
  List<UUID> projects(int count, int conversations) throws SQLException {
    execute(
        """
        insert into projects (name) select 'bench ' || n from generate_series(1, %d) n;
        insert into project_sources (project_id, source_kind, base_url, external_id)
        select id, 'chatwoot', 'http://bench.invalid', row_number() over (order by id)::text from projects
        where name like 'bench %%';
        insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, inbox_id, status,
          created_at, last_activity_at, data)
        select 'cw:' || s.project_id || ':' || s.external_id || ':' || n, s.project_id, s.id, s.external_id::bigint, n, n %% 5,
          'open', now(), now(), '{}'
        from project_sources s cross join generate_series(1, %d) n;
        insert into sync_watermarks (project_id, source, cursor_ts, meta)
        select project_id, 'chatwoot:' || external_id, now(), jsonb_build_object('complete_as_of', now())
        from project_sources
        """
            .formatted(count, conversations));
    // Without the one that the gateway makes.
    return ids("select id from projects where name like 'bench %' order by name <> 'bench 1', id");
  }

  /**
   * A message with one chunk each, of that text, in which {@code n} is the message's number; in any
   * state of embedding.
   *
   * @param columns more columns of the chunks with their values
   */
  void messages(UUID project, int from, int to, int conversations, String text, Chunk chunk)
      throws SQLException {
    for (int first = from; first < to; first += BATCH) {
      execute(
          """
          with s as (select project_id as p, external_id as account from project_sources where project_id = '%1$s'),
          n as (select n, 'cw:' || p || ':' || account || ':' || (1 + n %% %4$d) as conversation,
                  'cwmsg:' || p || ':' || account || ':' || n as message, p, %5$s as text
                from s, generate_series(%2$d, %3$d) n),
          m as (insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content,
                  private, created_at, data)
                select message, p, conversation, n, 'incoming', text, false, now() - n * interval '1 s', '{}' from n)
          insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
            content_tokens, language %6$s)
          select p, conversation, message, 0, text, encode(sha256(convert_to(text, 'UTF8')), 'hex'), 20, 'en' %7$s from n
          """
              .formatted(
                  project,
                  first,
                  Math.min(first + BATCH, to) - 1,
                  conversations,
                  text,
                  chunk.columns(),
                  chunk.values()));
    }
  }

  /**
   * What is known of a chunk besides its text.
   *
   * @param columns each with a comma before it, and so the values
   */
  record Chunk(String columns, String values) {
    static final Chunk PENDING = new Chunk("", "");

    /** Every fiftieth waits; a vector's width does not matter to who counts. */
    static final Chunk MOSTLY_READY =
        new Chunk(
            ", embedding_status, embedding, embedding_model, last_embedded_at",
            """
            , case when n % 50 = 0 then 'pending' else 'ready' end, case when n % 50 <> 0 then '[1,0]'::vector end,
            case when n % 50 <> 0 then 'bench' end, case when n % 50 <> 0 then now() end\
            """);
  }

  /** What the scheduler does all the time: differences become sums. */
  void fold() throws SQLException {
    execute(
        """
        insert into row_counts (project_id, kind, n)
        select project_id, kind, sum(delta) from row_count_changes group by 1, 2
        on conflict (project_id, kind) do update set n = row_counts.n + excluded.n;
        delete from row_count_changes
        """);
    execute("vacuum analyze");
  }

  Connection connect() throws SQLException {
    return servers.connect(jdbcUrl);
  }

  long count(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  private List<UUID> ids(String sql) throws SQLException {
    return texts(sql).stream().map(UUID::fromString).toList();
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
