package dev.threadmill.embed.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

class VectorSpacesIT extends WorkerTest {
  @Autowired private VectorSpaces spaces;
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transaction;

  @Test
  void whether_a_project_has_vectors_of_a_model_is_asked_every_few_seconds_and_reads_no_table() {
    Rows.Home home = rows.project();
    chunks(home, 400, Duration.ofHours(2));
    untilAllReady(home, 400);
    jdbc.sql("analyze rag_vectors, rag_chunks, projects").update();

    Map<String, Long> read =
        transaction.execute(
            status -> {
              jdbc.sql("delete from project_vector_spaces where project_id = :project")
                  .param("project", home.projectId())
                  .update();
              // The connection may not have reported yet what it read before.
              Map<String, Long> before = rowsReadInOrder();
              spaces.begin(new EmbeddingModel(MODEL));
              spaces.withOtherModels(new EmbeddingModel(MODEL));
              spaces.abandoned(new EmbeddingModel(MODEL));
              Map<String, Long> all = rowsReadInOrder();
              all.replaceAll((table, rows) -> rows - before.getOrDefault(table, 0L));
              return all;
            });

    assertThat(read).containsEntry("rag_vectors", 0L).containsEntry("rag_chunks", 0L);
    assertThat(spaces.outdated(new EmbeddingModel("another")))
        .extracting(VectorSpaces.Outdated::projectId)
        .contains(home.projectId());
  }

  /** Of whole tables, not by an index. */
  private Map<String, Long> rowsReadInOrder() {
    return jdbc
        .sql("select relname, seq_tup_read from pg_stat_xact_user_tables")
        .query((row, number) -> Map.entry(row.getString("relname"), row.getLong("seq_tup_read")))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
