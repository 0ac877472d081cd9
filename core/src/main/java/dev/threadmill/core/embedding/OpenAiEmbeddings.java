package dev.threadmill.core.embedding;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.RequestOptions;
import com.openai.errors.OpenAIException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** OpenAI's embeddings endpoint, or a server that speaks like it. */
final class OpenAiEmbeddings implements EmbeddingProvider {
  /** Widths of OpenAI's own models; what is not known is left to the caller. */
  private static int knownWidth(String model) {
    return switch (model) {
      case "text-embedding-3-small", "text-embedding-ada-002" -> 1536;
      case "text-embedding-3-large" -> 3072;
      default -> 0;
    };
  }

  /**
   * @param floats for servers that refuse to answer in base64
   */
  record Options(
      URI baseUrl, String apiKey, EmbeddingModel model, boolean floats, Duration timeout) {}

  private final OpenAIClient client;
  private final Options options;
  private final String account;

  /** What one answer tells is no rule for the next: the stored vectors are, which callers know. */
  private final int width;

  OpenAiEmbeddings(Options options) {
    this.options = options;
    this.account = fingerprint(options.baseUrl() + " " + options.apiKey());
    Integer dimensions = options.model().dimensions();
    this.width = dimensions == null ? knownWidth(options.model().baseName()) : dimensions;
    this.client =
        OpenAIOkHttpClient.builder()
            .baseUrl(options.baseUrl().toString())
            .apiKey(options.apiKey())
            .timeout(options.timeout())
            // Retries are the worker's: hidden ones would escape its limiter and its accounting.
            .maxRetries(0)
            .build();
  }

  @Override
  public EmbeddingModel model() {
    return options.model();
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public String account() {
    return account;
  }

  @Override
  public Embedded embed(List<String> texts) throws EmbeddingException {
    return embed(texts, options.timeout());
  }

  @Override
  public Embedded embed(List<String> texts, Duration within) throws EmbeddingException {
    var request = RequestOptions.builder().timeout(within).build();
    try (var answer = client.embeddings().withRawResponse().create(parameters(texts), request)) {
      CreateEmbeddingResponse response = answer.parse();
      List<float[]> vectors = inOrder(response, texts.size());
      VectorCheck.check(vectors, texts.size(), width);
      Long tokens =
          response
              ._usage()
              .asKnown()
              .flatMap(usage -> usage._totalTokens().asKnown())
              .filter(total -> total > 0)
              .orElse(null);
      return new Embedded(vectors, tokens, Allowance.of(answer.headers()::values));
    } catch (OpenAIException failed) {
      throw OpenAiErrors.classify(failed);
    }
  }

  private EmbeddingCreateParams parameters(List<String> texts) {
    var parameters =
        EmbeddingCreateParams.builder()
            .model(options.model().baseName())
            .inputOfArrayOfStrings(texts);
    Integer dimensions = options.model().dimensions();
    if (dimensions != null) {
      parameters.dimensions(dimensions);
    }
    if (options.floats()) {
      parameters.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT);
    }
    return parameters.build();
  }

  /** 64 bits of a hash: enough to tell accounts apart, useless for finding the key. */
  private static String fingerprint(String account) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(account.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Ties vectors to texts by {@code index}; only where no element has one, and the count is right,
   * does the order count.
   */
  private static List<float[]> inOrder(CreateEmbeddingResponse response, int texts)
      throws EmbeddingException {
    List<Embedding> data = response.data();
    if (data.size() != texts) {
      throw new EmbeddingException(
          Kind.BAD_ANSWER,
          "wrong_count",
          "the provider answered " + data.size() + " vectors for " + texts + " texts");
    }
    boolean indexed = data.stream().anyMatch(element -> element._index().asKnown().isPresent());
    float[][] vectors = new float[texts][];
    for (int position = 0; position < texts; position++) {
      Embedding element = data.get(position);
      long index = indexed ? element._index().asKnown().orElse(-1L) : position;
      if (index < 0 || index >= texts || vectors[(int) index] != null) {
        throw new EmbeddingException(
            Kind.BAD_ANSWER,
            "wrong_index",
            "the provider's answer does not say which vector is whose");
      }
      vectors[(int) index] = decode(element);
    }
    return new ArrayList<>(Arrays.asList(vectors));
  }

  /**
   * The SDK's own decoding boxes each number, anew on every call; the base64 text is four times as
   * quick to read.
   */
  private static float[] decode(Embedding element) throws EmbeddingException {
    var value = element.embeddingValue();
    if (value.isBase64()) {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(value.asBase64());
      } catch (IllegalArgumentException notBase64) {
        throw new EmbeddingException(
            Kind.BAD_ANSWER, "not_base64", "the provider answered a broken vector");
      }
      if (bytes.length % Float.BYTES != 0) {
        throw new EmbeddingException(
            Kind.BAD_ANSWER, "not_base64", "the provider answered a cut vector");
      }
      float[] vector = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
      return vector;
    }
    List<Float> numbers = Objects.requireNonNull(value.asFloats());
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = numbers.get(i);
    }
    return vector;
  }
}
