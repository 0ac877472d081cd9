package dev.threadmill.core.embedding;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * all-MiniLM-L6-v2 inside this process: 384 wide, English first, about 10 ms a text on one core.
 * The model is in the jar; it is loaded at the first use of this class.
 */
final class LocalEmbeddings implements EmbeddingProvider {
  static final String MODEL = "all-MiniLM-L6-v2";
  private static final int WIDTH = 384;

  private final EmbeddingModel name = new EmbeddingModel(MODEL);
  private final AllMiniLmL6V2EmbeddingModel model;

  LocalEmbeddings(int threads) {
    model =
        new AllMiniLmL6V2EmbeddingModel(
            Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("local-model-", 0).factory()));
  }

  @Override
  public EmbeddingModel model() {
    return name;
  }

  @Override
  public String account() {
    return "local";
  }

  @Override
  public Embedded embed(List<String> texts) throws EmbeddingException {
    List<float[]> vectors =
        model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
            .map(Embedding::vector)
            .toList();
    VectorCheck.check(vectors, texts.size(), WIDTH);
    return new Embedded(vectors, null, Allowance.UNKNOWN);
  }
}
