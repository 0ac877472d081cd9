package dev.threadmill.embed;

import dev.threadmill.core.embedding.EmbeddingException;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.embedding.EmbeddingProvider;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A provider inside the test: each text has its own vector, and a script may break requests. */
public final class ScriptedProvider implements EmbeddingProvider {
  public static final int WIDTH = 8;
  private final List<List<String>> requests = new CopyOnWriteArrayList<>();
  private volatile Script script = texts -> {};

  /** Called with each request before it is answered; throws what shall go wrong, or waits. */
  public interface Script {
    void before(List<String> texts) throws EmbeddingException;
  }

  public void script(Script next) {
    script = next;
  }

  public void reset() {
    script = texts -> {};
    requests.clear();
  }

  /** All requests, answered or not, in order. */
  public List<List<String>> requests() {
    return List.copyOf(requests);
  }

  public List<String> texts() {
    return requests.stream().flatMap(List::stream).toList();
  }

  /** Refuses each request that holds a text with this word. */
  public static Script refusing(String poison) {
    return texts -> {
      if (texts.stream().anyMatch(text -> text.contains(poison))) {
        throw new EmbeddingException(Kind.BAD_INPUT, "bad_input", "the provider refuses a text");
      }
    };
  }

  @Override
  public EmbeddingModel model() {
    return new EmbeddingModel("scripted");
  }

  @Override
  public List<float[]> embed(List<String> texts) throws EmbeddingException {
    requests.add(List.copyOf(texts));
    script.before(texts);
    return texts.stream().map(ScriptedProvider::vectorOf).toList();
  }

  public static float[] vectorOf(String text) {
    var random = new Random(text.hashCode());
    float[] vector = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      vector[i] = random.nextFloat() + 0.01f;
    }
    return vector;
  }
}
