package dev.threadmill.bench.embedding;

import com.zaxxer.hikari.HikariDataSource;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.store.embedding.pgvector.PgVectorEmbeddingStore;
import dev.threadmill.localstack.openai.OpenAiSettings;
import java.net.URI;
import java.util.List;

/** LangChain4j: {@code embedAll}, then {@code addAll}, a hundred segments at a time. */
final class LangChain4jPeer implements Peer {
  private static final String TABLE = "langchain4j";

  private final HikariDataSource pool;
  private final EmbeddingModel model;
  private final PgVectorEmbeddingStore store;
  private final int threads;
  private final String name;

  /**
   * @param threads 1: as the documentation shows it
   * @param encoding {@code float}, its default, or {@code base64}
   */
  LangChain4jPeer(HikariDataSource pool, URI provider, int threads, String encoding) {
    this.pool = pool;
    this.threads = threads;
    this.name = "LangChain4j, " + threads + (threads == 1 ? " thread, " : " threads, ") + encoding;
    this.model =
        OpenAiEmbeddingModel.builder()
            .baseUrl(provider.toString())
            .apiKey(OpenAiSettings.KEY)
            .modelName(EmbeddingBench.MODEL)
            .encodingFormat(encoding)
            .maxSegmentsPerBatch(Batches.SIZE)
            .build();
    this.store =
        PgVectorEmbeddingStore.datasourceBuilder()
            .datasource(pool)
            .table(TABLE)
            .dimension(EmbeddingBench.WIDTH)
            .dropTableFirst(true)
            .createTable(true)
            .build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public void embed(List<String> texts) throws Exception {
    Batches.each(
        texts,
        threads,
        batch -> {
          List<TextSegment> segments = batch.stream().map(TextSegment::from).toList();
          store.addAll(model.embedAll(segments).content(), segments);
        });
  }

  @Override
  public HikariDataSource pool() {
    return pool;
  }

  @Override
  public String table() {
    return TABLE;
  }

  @Override
  public String text() {
    return "text";
  }
}
