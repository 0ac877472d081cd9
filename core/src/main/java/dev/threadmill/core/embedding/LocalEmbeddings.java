package dev.threadmill.core.embedding;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;

/**
 * all-MiniLM-L6-v2 inside this process: 384 wide, English first, about 10 ms a text on one core.
 * The model is in the jar; it is loaded at the first use of this class.
 */
final class LocalEmbeddings implements EmbeddingProvider {
  static final String MODEL = "all-MiniLM-L6-v2";
  private static final int WIDTH = 384;

  private final EmbeddingModel name = new EmbeddingModel(MODEL);
  private final Model model;

  /**
   * @param threads that compute, in all
   */
  LocalEmbeddings(int threads) {
    model = new Model(threads);
  }

  @Override
  public EmbeddingModel model() {
    return name;
  }

  @Override
  public int width() {
    return WIDTH;
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

  /**
   * Left to itself the runtime takes all cores for each text. Here a text is computed by one
   * thread, and there are so many threads.
   */
  private static final class Model extends AbstractInProcessEmbeddingModel {
    private final OnnxBertBiEncoder encoder;

    Model(int threads) {
      super(
          Executors.newFixedThreadPool(
              threads, Thread.ofPlatform().daemon().name("local-model-", 0).factory()));
      encoder = load();
    }

    @Override
    protected OnnxBertBiEncoder model() {
      return encoder;
    }

    private static OnnxBertBiEncoder load() {
      try (InputStream network = resource("all-minilm-l6-v2.onnx");
          InputStream tokenizer = resource("all-minilm-l6-v2-tokenizer.json");
          var options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        var environment = OrtEnvironment.getEnvironment();
        OrtSession session = environment.createSession(network.readAllBytes(), options);
        return new OnnxBertBiEncoder(environment, session, tokenizer, PoolingMode.MEAN);
      } catch (OrtException broken) {
        throw new IllegalStateException("the local embedding model can't be loaded", broken);
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }

    private static InputStream resource(String file) {
      return Objects.requireNonNull(
          AllMiniLmL6V2EmbeddingModel.class.getResourceAsStream("/" + file), file);
    }
  }
}
