package dev.threadmill.bench.embedding;

import com.pgvector.PGvector;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/** Whether vectors are those of the texts that they lie beside. */
final class StoredVectors {
  /** So many, drawn at random. */
  private static final int SOME = 100;

  private static final double ROUNDING = 1e-5;

  private StoredVectors() {}

  /**
   * @param sent what the provider was sent for a stored text
   * @throws IllegalStateException when one of some is not what the provider answers for its text
   */
  static void require(
      Connection connection,
      OpenAiSimulator provider,
      String table,
      String textColumn,
      UnaryOperator<String> sent)
      throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select %s, embedding::text from %s where embedding is not null order by random() limit %d"
                    .formatted(textColumn, table, SOME))) {
      int seen = 0;
      while (rows.next()) {
        seen++;
        requireEqual(
            provider.vectorFor(
                EmbeddingBench.MODEL, EmbeddingBench.WIDTH, sent.apply(rows.getString(1))),
            new PGvector(rows.getString(2)).toArray(),
            table);
      }
      if (seen < SOME) {
        throw new IllegalStateException(table + " has " + seen + " vectors");
      }
    }
  }

  private static void requireEqual(float[] wanted, float[] found, String table) {
    boolean equal = wanted.length == found.length;
    for (int i = 0; equal && i < wanted.length; i++) {
      equal = Math.abs(wanted[i] - found[i]) <= ROUNDING;
    }
    if (!equal) {
      throw new IllegalStateException("a vector in " + table + " is not that of its text");
    }
  }
}
