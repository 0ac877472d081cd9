package dev.threadmill.bench.embedding;

import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.localstack.openai.OpenAiSettings;
import java.net.URI;
import java.util.List;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.vectorstore.pgvector.PgVectorStore;
import org.springframework.jdbc.core.JdbcTemplate;

/** Spring AI: {@code VectorStore.add}, a hundred documents at a time. */
final class SpringAiPeer implements Peer {
  private static final String TABLE = "spring_ai";

  private final HikariDataSource pool;
  private final PgVectorStore store;
  private final int threads;

  /**
   * @param threads 1: as the documentation shows it
   */
  SpringAiPeer(HikariDataSource pool, URI provider, int threads) throws Exception {
    this.pool = pool;
    this.threads = threads;
    var options =
        OpenAiEmbeddingOptions.builder()
            .baseUrl(provider.toString())
            .apiKey(OpenAiSettings.KEY)
            .model(EmbeddingBench.MODEL)
            .build();
    this.store =
        PgVectorStore.builder(
                new JdbcTemplate(pool), new OpenAiEmbeddingModel(MetadataMode.EMBED, options))
            .dimensions(EmbeddingBench.WIDTH)
            .indexType(PgVectorStore.PgIndexType.NONE)
            .vectorTableName(TABLE)
            .removeExistingVectorStoreTable(true)
            .initializeSchema(true)
            .build();
    store.afterPropertiesSet();
  }

  @Override
  public String name() {
    return "Spring AI, " + threads + (threads == 1 ? " thread" : " threads");
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public void embed(List<String> texts) throws Exception {
    Batches.each(texts, threads, batch -> store.add(batch.stream().map(Document::new).toList()));
  }

  /** Its template leaves a place for metadata, also where there is none. */
  @Override
  public String sent(String stored) {
    return new Document(stored).getFormattedContent(MetadataMode.EMBED);
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
    return "content";
  }
}
