package dev.threadmill.core.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.ProjectDeletions.Progress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

class ProjectDeletionsIT extends RealServers {
  /** Records of what was done stay. */
  private static final Set<String> STAY = Set.of("audit_log", "project_deletions");

  @Autowired private Projects projects;
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private ProjectDeletions deletions;
  @Autowired private TransactionTemplate transaction;
  @Autowired private JsonMapper json;

  private record Filled(UUID project, Source source) {}

  /** A project with a row in each table, or some. */
  private Filled filled(int conversations) {
    UUID project = newProject();
    Source source = sources.bind(project, URI.create("https://" + project + ".example.com"), 1);
    String[] statements = {
      """
      insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, email, data)
      select 'cwc:' || :p || ':1:' || n, :p, :s, 1, n, 'x@example.com', '{}' from generate_series(1, :n) n
      """,
      """
      insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
        contact_global_id, created_at, last_activity_at, data)
      select 'cw:' || :p || ':1:' || n, :p, :s, 1, n, 'open', 'cwc:' || :p || ':1:' || n, now(), now(), '{}'
      from generate_series(1, :n) n
      """,
      """
      insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, private,
        created_at, data)
      select 'cwmsg:' || :p || ':1:' || n || '0' || m, :p, 'cw:' || :p || ':1:' || n, n * 100 + m, 'incoming', false,
        now(), '{}'
      from generate_series(1, :n) n, generate_series(1, 3) m
      """,
      """
      insert into rag_chunks (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash,
        content_tokens)
      select project_id, conversation_global_id, global_id, 0, 'text', repeat('0', 64), 1
      from cw_messages where project_id = :p
      """,
      """
      insert into rag_vectors (chunk_id, model_id, project_id, embedding)
      select id, 1, project_id, '[1,2,3]' from rag_chunks where project_id = :p
      """,
      """
      insert into cw_inboxes (global_id, project_id, source_id, account_id, inbox_id, data)
      values ('cwi:' || :p || ':1:1', :p, :s, 1, 1, '{}')
      """,
      "insert into project_vector_spaces (project_id, model_id) values (:p, 1)",
      "insert into embedding_usage (project_id, day, model) values (:p, current_date, 'm')",
      "insert into sync_watermarks (project_id, source) values (:p, 'chatwoot:1')",
      "insert into sync_hints (source_id, conversation_id) values (:s, 1)",
      """
      insert into sync_unanswered (source_id, conversation_id, failures, error, retry_at)
      values (:s, 1, 1, 'x', now())
      """,
      "insert into sync_walk_edge (source_id, conversation_id, created_at) values (:s, 1, now())",
      """
      insert into api_tokens (name, prefix, token_hash, scope, project_id)
      values ('t', 'tm_', sha256(:p::text::bytea), 'read', :p)
      """,
      """
      insert into job_runs (project_id, job_name, trigger, requested_by, status, finished_at)
      values (:p, 'embeddings_run', 'manual', 'test', 'ok', now())
      """,
      "insert into scheduled_jobs (project_id, job_type, cadence_seconds) values (:p, 'embeddings_run', 900)",
      """
      insert into worker_runs (project_id, scheduled_job_id, job_run_id, scheduled_for, coalesced)
      select :p, s.id, r.id, now(), false from scheduled_jobs s join job_runs r using (project_id)
      where s.project_id = :p
      """,
      "insert into scheduler_ticks (project_id, trigger, max_due) values (:p, 'manual', 1)",
      "insert into row_count_checks (project_id) values (:p)",
      "insert into row_counts (project_id, kind, n) values (:p, 'contacts', 0)",
      """
      insert into audit_log (project_id, token_name, action, object) values (:p, 'test', 'test.fill', 'x')
      """
    };
    for (String statement : statements) {
      jdbc.sql(statement)
          .param("p", project)
          .param("s", source.id())
          .param("n", conversations)
          .update();
    }
    transaction.executeWithoutResult(
        status -> assertThat(erasures.request(source, Kind.CONTACT, 99_999, "test")).isPresent());
    return new Filled(project, source);
  }

  /** How many rows each table has of a project; the tables by the database's own word. */
  private Map<String, Long> rows(UUID project) {
    Map<String, Long> rows = new TreeMap<>();
    for (String table : tables()) {
      rows.put(
          table,
          jdbc.sql("select count(*) from " + table + " where project_id = :p")
              .param("p", project)
              .query(Long.class)
              .single());
    }
    return rows;
  }

  private List<String> tables() {
    return jdbc
        .sql(
            """
            select c.table_name from information_schema.columns c
            join information_schema.tables t using (table_schema, table_name)
            where c.column_name = 'project_id' and c.table_schema = 'public' and t.table_type = 'BASE TABLE'
            """)
        .query(String.class)
        .list()
        .stream()
        .filter(table -> !STAY.contains(table))
        .toList();
  }

  private void want(UUID project) {
    projects.archive(project, true);
    deletions.request(projects.findEvenArchived(project).orElseThrow(), "test", Map.of());
  }

  @Test
  void every_row_of_every_table_goes_with_its_project_and_no_other_one() {
    Filled gone = filled(7);
    Filled other = filled(2);
    Map<String, Long> before = rows(gone.project());
    Map<String, Long> others = rows(other.project());
    assertThat(
            before.entrySet().stream().filter(table -> table.getValue() > 0).map(Map.Entry::getKey))
        .contains(
            "project_sources",
            "cw_contacts",
            "cw_conversations",
            "cw_messages",
            "rag_chunks",
            "rag_vectors",
            "cw_inboxes",
            "sync_watermarks",
            "api_tokens",
            "job_runs",
            "scheduled_jobs",
            "worker_runs",
            "scheduler_ticks",
            "embedding_usage",
            "erasures",
            "erased_things",
            "row_counts",
            "row_count_changes");
    want(gone.project());

    // A process that dies within a batch.
    transaction.executeWithoutResult(
        status -> {
          assertThat(deletions.advance(5)).isEqualTo(Progress.WORKING);
          status.setRollbackOnly();
        });
    assertThat(rows(gone.project())).isEqualTo(before);
    for (int batch = 0; batch < 5; batch++) {
      assertThat(deletions.advance(5)).isEqualTo(Progress.WORKING);
    }
    // Another one goes on with it.
    var successor = new ProjectDeletions(jdbc, json);
    while (successor.advance(5) == Progress.WORKING) {}

    assertThat(rows(gone.project()).values()).containsOnly(0L);
    assertThat(projects.findEvenArchived(gone.project())).isEmpty();
    assertThat(count("sync_hints where source_id = :id", gone.source().id())).isZero();
    assertThat(rows(other.project())).isEqualTo(others);
    assertThat(count("audit_log where project_id = :id", gone.project())).isEqualTo(1);
    var receipt = deletions.find(gone.project()).orElseThrow();
    assertThat(receipt.finishedAt()).isNotNull();
    assertThat(receipt.deleted())
        .containsEntry("cw_conversations", 7L)
        .containsEntry("cw_messages", 21L)
        .containsEntry("rag_vectors", 21L)
        .containsEntry("sync_hints", 1L)
        .containsEntry("projects", 1L);
    assertThat(deletions.advance(5)).isEqualTo(Progress.NOTHING);
    assertThat(sources.bindFirst(gone.source().baseUrl(), 1)).isFalse();
  }

  @Test
  void a_deletion_that_fails_holds_up_no_other() {
    Filled stuck = filled(2);
    Filled gone = filled(2);
    jdbc.sql(
            """
            create function refuse() returns trigger language plpgsql as $$
            begin
              raise exception 'not this one';
            end $$
            """)
        .update();
    jdbc.sql(
            """
            create trigger refuse before delete on cw_messages for each row
            when (old.project_id = '%s') execute function refuse()
            """
                .formatted(stuck.project()))
        .update();
    want(stuck.project());
    want(gone.project());

    for (int batch = 0; batch < 200; batch++) {
      try {
        deletions.advance(5);
      } catch (DataAccessException refused) {
        assertThat(refused).hasMessageContaining("not this one");
      }
    }

    assertThat(deletions.find(gone.project()).orElseThrow().finishedAt()).isNotNull();
    assertThat(deletions.find(stuck.project()).orElseThrow().finishedAt()).isNull();
    jdbc.sql("drop function refuse cascade").update();
    while (deletions.advance(100) != Progress.NOTHING) {}
    assertThat(deletions.find(stuck.project()).orElseThrow().finishedAt()).isNotNull();
  }

  private long count(String what, UUID id) {
    return jdbc.sql("select count(*) from " + what).param("id", id).query(Long.class).single();
  }

  @Test
  void a_project_that_nobody_wants_deleted_can_not_be() {
    Filled kept = filled(1);

    assertThatThrownBy(
            () ->
                jdbc.sql("select delete_project_rows(:p, 10)")
                    .param("p", kept.project())
                    .query(String.class)
                    .single())
        .isInstanceOf(DataAccessException.class)
        .hasMessageContaining("is not to be deleted");
  }

  @Test
  void the_indexes_of_its_vectors_are_retired_and_waited_for() {
    Filled gone = filled(1);
    jdbc.sql(
            """
            insert into vector_segments (project_id, model_id, from_position, to_position, vectors, state)
            values (:p, 1, 0, 10, 3, 'ready')
            """)
        .param("p", gone.project())
        .update();
    want(gone.project());

    while (deletions.advance(100) == Progress.WORKING) {}

    assertThat(deletions.find(gone.project()).orElseThrow().waitsFor()).isEqualTo("vector_indexes");
    assertThat(
            count("vector_segments where state = 'retired' and project_id = :id", gone.project()))
        .isEqualTo(1);
    jdbc.sql("delete from vector_segments where project_id = :p")
        .param("p", gone.project())
        .update();
    assertThat(deletions.advance(100)).isEqualTo(Progress.DONE);
  }

  @Test
  void batches_find_their_rows_by_an_index_in_every_table() {
    List<String> byProject =
        jdbc.sql("select table_name from tables_of_projects() where condition = 'project_id = $1'")
            .query(String.class)
            .list();

    Set<String> indexed =
        jdbc
            .sql(
                """
                select distinct c.relname from pg_index i join pg_class c on c.oid = i.indrelid
                join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                where a.attname = 'project_id'
                """)
            .query(String.class)
            .list()
            .stream()
            .collect(Collectors.toSet());

    assertThat(byProject).hasSizeGreaterThan(15);
    assertThat(indexed).containsAll(byProject);
  }

  @Test
  void a_source_goes_with_all_that_it_brought_and_nothing_else() {
    Filled filled = filled(4);
    URI elsewhere = URI.create("https://other-" + filled.project() + ".example.com");
    assertThatThrownBy(() -> sources.bind(filled.project(), elsewhere, 1))
        .isInstanceOf(DuplicateKeyException.class);
    jdbc.sql("insert into sync_watermarks (project_id, source) values (:p, 'chatwoot:2')")
        .param("p", filled.project())
        .update();
    Source other = sources.bind(filled.project(), elsewhere, 2);
    // What another account of that number left.
    assertThat(
            count(
                "sync_watermarks where source = 'chatwoot:2' and project_id = :id",
                filled.project()))
        .isZero();
    jdbc.sql(
            """
            insert into cw_inboxes (global_id, project_id, source_id, account_id, inbox_id, data)
            values ('cwi:' || :p || ':2:1', :p, :s, 2, 1, '{}')
            """)
        .param("p", filled.project())
        .param("s", other.id())
        .update();

    UUID erasure =
        transaction.execute(
            status ->
                erasures
                    .request(filled.source(), Kind.SOURCE, 1, "test")
                    .orElseThrow()
                    .erasure()
                    .id());
    assertThat(sources.ofProject(filled.project())).containsExactly(other);
    while (erasures.advance(5)) {}

    var receipt = erasures.find(filled.project(), erasure).orElseThrow();
    assertThat(receipt.finishedAt()).isNotNull();
    assertThat(receipt.deleted())
        .containsEntry("cw_conversations", 4L)
        .containsEntry("cw_messages", 12L)
        .containsEntry("rag_chunks", 12L)
        .containsEntry("cw_contacts", 4L);
    Map<String, Long> left = rows(filled.project());
    assertThat(left)
        .containsEntry("cw_contacts", 0L)
        .containsEntry("cw_conversations", 0L)
        .containsEntry("cw_messages", 0L)
        .containsEntry("rag_chunks", 0L)
        .containsEntry("rag_vectors", 0L)
        .containsEntry("cw_inboxes", 1L)
        .containsEntry("project_sources", 1L);
  }
}
