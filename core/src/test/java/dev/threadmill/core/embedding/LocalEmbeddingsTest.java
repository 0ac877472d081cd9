package dev.threadmill.core.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LocalEmbeddingsTest {

  @Test
  void the_nearest_sentence_is_the_one_that_means_the_same() throws EmbeddingException {
    List<String> sentences =
        List.of(
            "The parcel has not arrived yet.",
            "I would like my money back.",
            "The app crashes when I open the settings.");
    var provider = new LocalEmbeddings(1);
    List<float[]> vectors = provider.embed(sentences).vectors();

    assertThat(nearest(provider, "My delivery is late", vectors)).isZero();
    assertThat(nearest(provider, "Please give me a refund", vectors)).isEqualTo(1);
    assertThat(nearest(provider, "Your software has a bug", vectors)).isEqualTo(2);
  }

  @Test
  void vectors_are_those_of_the_library_s_own_model() throws EmbeddingException {
    String text = "The parcel has not arrived yet.";

    float[] ours = new LocalEmbeddings(2).embed(List.of(text)).vectors().getFirst();

    float[] theirs = new AllMiniLmL6V2EmbeddingModel().embed(text).content().vector();
    assertThat(ours).containsExactly(theirs, Offset.offset(1e-5f));
  }

  @Test
  void as_many_threads_compute_as_were_asked_for_however_many_texts_there_are()
      throws EmbeddingException {
    Set<Thread> before = computing();
    var provider = new LocalEmbeddings(2);

    var vectors = provider.embed(Collections.nCopies(40, "Where is my parcel?")).vectors();

    assertThat(vectors).hasSize(40);
    Set<Thread> ours = computing();
    ours.removeAll(before);
    assertThat(ours).hasSize(2).allMatch(Thread::isDaemon);
  }

  private static Set<Thread> computing() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("local-model-"))
        .collect(Collectors.toSet());
  }

  private static int nearest(EmbeddingProvider provider, String query, List<float[]> vectors)
      throws EmbeddingException {
    float[] wanted = provider.embed(List.of(query)).vectors().getFirst();
    return IntStream.range(0, vectors.size())
        .boxed()
        .max(Comparator.comparingDouble(i -> product(wanted, vectors.get(i))))
        .orElseThrow();
  }

  private static double product(float[] one, float[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> one[i] * other[i]).sum();
  }
}
