package dev.threadmill.scheduler.signals;

import com.pgvector.PGvector;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code signal_examples}: the example sentences in each model's space. */
@Repository
class ExampleTable {
  private final JdbcClient jdbc;

  ExampleTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param type a signal's, or {@code neutral}
   */
  record Example(String type, String sentence) {}

  Set<Example> known(int modelId) {
    return new HashSet<>(
        jdbc.sql("select type, sentence from signal_examples where model_id = :model")
            .param("model", modelId)
            .query((row, n) -> new Example(row.getString("type"), row.getString("sentence")))
            .list());
  }

  /** Adds these with their vectors, and takes away those that stand in the file no more. */
  void put(int modelId, List<Example> added, List<float[]> vectors, Set<Example> gone) {
    for (Example example : gone) {
      jdbc.sql(
              "delete from signal_examples where model_id = :model and type = :type and sentence = :sentence")
          .param("model", modelId)
          .param("type", example.type())
          .param("sentence", example.sentence())
          .update();
    }
    if (!added.isEmpty()) {
      jdbc.sql(
              """
              insert into signal_examples (model_id, type, sentence, embedding)
              select :model, type, sentence, embedding::halfvec
              from unnest(:types::text[], :sentences::text[], :vectors::text[]) as e (type, sentence, embedding)
              on conflict do nothing
              """)
          .param("model", modelId)
          .param("types", added.stream().map(Example::type).toArray(String[]::new))
          .param("sentences", added.stream().map(Example::sentence).toArray(String[]::new))
          .param(
              "vectors",
              vectors.stream()
                  .map(vector -> new PGvector(vector).toString())
                  .toArray(String[]::new))
          .update();
    }
  }
}
