package dev.threadmill.embed.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.claim.VectorSpaces;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class IndexKeeperIT extends WorkerTest {
  private static final Duration LONG_DUE = Duration.ofHours(2);

  @Autowired private VectorSegments segments;
  @Autowired private DataSource database;

  @Test
  void what_is_written_is_sealed_in_the_background_and_small_segments_are_merged() {
    Rows.Home home = rows.project();
    chunks(home, 400, LONG_DUE);
    untilAllReady(home, 400);
    keepUntilIndexed(home, 400);
    List<String> first = indexes(home);
    // The keeper rests while more is written: how it falls into segments must not hang on the time.
    chunks(home, 800, LONG_DUE);
    untilAllReady(home, 1200);

    keepUntilIndexed(home, 1200);

    assertThat(first).hasSize(1);
    assertThat(indexes(home)).hasSize(1).doesNotContainAnyElementsOf(first);
    assertThat(gaps(home)).isZero();
  }

  @Test
  void vectors_of_more_than_two_thousand_numbers_are_indexed_too() {
    String wide = unique("wide");
    Rows.Home home = rows.project();
    rows.jdbc()
        .sql(
            "insert into embedding_models (name, width, wanted_since) values (:name, 3000, '-infinity')")
        .param("name", wide)
        .update();
    try {
      chunks(home, 250, LONG_DUE);
      untilAllReady(home, 250);
      rows.jdbc()
          .sql(
              """
              update rag_vectors set model_id = (select id from embedding_models where name = :name),
                embedding = (select array_agg(random()) from generate_series(1, 3000 + 0 * chunk_id))::real[]::halfvec(3000)
              where project_id = :project
              """)
          .param("name", wide)
          .param("project", home.projectId())
          .update();

      want(wide);
      keepUntilIndexed(home, new EmbeddingModel(wide), 250);

      assertThat(indexes(home)).hasSize(1);
    } finally {
      want(MODEL);
    }
  }

  private void want(String model) {
    rows.jdbc()
        .sql("update embedding_models set wanted_since = clock_timestamp() where name = :name")
        .param("name", model)
        .update();
  }

  private void keepUntilIndexed(Rows.Home home, long vectors) {
    keepUntilIndexed(home, new EmbeddingModel(MODEL), vectors);
  }

  private void keepUntilIndexed(Rows.Home home, EmbeddingModel model, long vectors) {
    IndexKeeper keeper = keeper(model);
    keeper.start();
    try {
      until().until(() -> indexed(home) == vectors);
    } finally {
      keeper.stop();
    }
  }

  @Test
  void what_a_builder_that_died_left_is_cleared_away() {
    Rows.Home home = rows.project();
    chunks(home, 50, LONG_DUE);
    untilAllReady(home, 50);
    rows.jdbc()
        .sql(
            """
            insert into vector_segments (project_id, model_id, from_position, to_position, vectors)
            select :project, id, 0, 10, 10 from embedding_models where name = :model
            """)
        .param("project", home.projectId())
        .param("model", MODEL)
        .update();
    IndexKeeper keeper = keeper(new EmbeddingModel(MODEL));

    keeper.start();

    try {
      until()
          .until(
              () ->
                  rows.jdbc()
                          .sql("select count(*) from vector_segments where project_id = :project")
                          .param("project", home.projectId())
                          .query(Long.class)
                          .single()
                      == 0);
    } finally {
      keeper.stop();
    }
  }

  private IndexKeeper keeper(EmbeddingModel model) {
    return new IndexKeeper(
        segments,
        new HnswIndexes(database, 64),
        new IndexSettings(200, 64),
        new VectorSpaces(rows.jdbc()),
        model,
        Duration.ofMillis(100));
  }

  private long indexed(Rows.Home home) {
    return rows.jdbc()
        .sql(
            "select coalesce(sum(vectors), 0) from vector_segments where project_id = :project and state = 'ready'")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  /** Valid indexes of the project's segments. */
  private List<String> indexes(Rows.Home home) {
    return rows.jdbc()
        .sql(
            """
            select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
            join vector_segments g on i.relname = 'rag_vectors_hnsw_' || g.id
            where g.project_id = :project and g.state = 'ready' and x.indisvalid
            """)
        .param("project", home.projectId())
        .query(String.class)
        .list();
  }

  /** Segments that do not begin where the one before ends. */
  private long gaps(Rows.Home home) {
    return rows.jdbc()
        .sql(
            """
            select count(*) from (
              select from_position, lag(to_position, 1, 0) over (order by from_position) as before
              from vector_segments where project_id = :project and state = 'ready') ordered
            where from_position <> before
            """)
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }
}
